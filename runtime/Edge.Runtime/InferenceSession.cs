using System.Diagnostics;
using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Kernels.Threading;
using Edge.Onnx;
using Edge.Runtime.Caching;
using Edge.Runtime.Execution;
using Edge.Runtime.Import;
using Edge.Runtime.Passes;
using Edge.Runtime.Planning;
using Edge.Runtime.Tuning;
using Edge.Tensors;

namespace Edge.Runtime;

/// <summary>
/// Runs a <see cref="Model"/> on the CPU with this project's own kernels. A plan is made for each set of input shapes and
/// the last few are kept. One run at a time; several sessions may run at once.
/// </summary>
public sealed class InferenceSession : IInferenceSession
{
    private readonly Model _model;
    private readonly SessionOptions _options;
    private readonly KernelSet _kernels;
    private readonly WorkerPool _pool;
    private readonly ConvTuner _tuner;
    private readonly PlanCache _plans = new();
    private readonly PlanSettings _settings;
    private readonly RunValue[] _inputs;
    private readonly Tensor[] _outputs;
    private int _running;
    private bool _disposed;

    /// <param name="model">Kept until the session is disposed.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ModelException">The model asks for something that is not supported.</exception>
    public InferenceSession(Model model, SessionOptions? options = null)
    {
        _model = model;
        _options = options ?? new SessionOptions();
        var threads = SessionThreads.Of(_options);
        if (model.NonTensor is { } name) throw new ModelException($"{model.Name}: '{name}' is not a tensor; only tensors can be inputs and outputs");
        foreach (var input in model.Inputs)
        {
            if (input.Type.Size() == 0) throw new ModelException($"{model.Name}: input '{input.Name}' has no element type that a tensor can have");
            if (input.Dimensions?.Count > NodeInference.MaxRank) throw new ModelException($"{model.Name}: input '{input.Name}' has {input.Dimensions.Count} axes; supported: {NodeInference.MaxRank}");
        }

        KernelSet kernels = KernelCatalog.Select(_options.Isa);
        _pool = threads.CreatePool();
        _tuner = new ConvTuner(kernels.Name, _pool, _options.Tune ? new TuningFile(_options.TuningFile ?? TuningFile.DefaultPath, _options.Log) : null);
        _kernels = kernels.With(new DenseOptions(threads.Count, _options.Winograd, _tuner));
        _settings = new PlanSettings(_kernels, threads.Count, _options.Optimize, _options.Limits, threads.CreateThrottle());
        _inputs = [.. model.Inputs.Select(_ => new RunValue())];
        _outputs = new Tensor[model.Outputs.Count];
        model.AddReference();
        try
        {
            if (ResolvedShapes() is { } shapes) _plans.Add(BuildPlan(shapes));
            else Try(() => TrialImport.Check(model, _options.Dimensions, _settings));
        }
        catch
        {
            _pool.Dispose();
            model.Release();
            throw;
        }
    }

    /// <summary>What it runs; valid until the session is disposed.</summary>
    public Model Model => _model;

    public IReadOnlyList<TensorInfo> Inputs => _model.Inputs;

    public IReadOnlyList<TensorInfo> Outputs => _model.Outputs;

    public string Provider => $"edge/{_kernels.Name}";

    /// <summary>Threads that work on one run.</summary>
    public int Threads => _pool.Threads;

    /// <inheritdoc/>
    /// <exception cref="ModelException">An input is missing, or has a wrong type or shape.</exception>
    /// <exception cref="InvalidOperationException">Another run is under way.</exception>
    public IReadOnlyList<Tensor> Run(params ReadOnlySpan<Tensor> inputs)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.Exchange(ref _running, 1) != 0) throw new InvalidOperationException("the session is running already; use one session a thread");
        try
        {
            InputValidation.Check(_model, inputs);
            for (int i = 0; i < inputs.Length; i++) _inputs[i].Refer(inputs[i]);
            _settings.Run.Start();
            var results = Run(FindPlan());
            for (int i = 0; i < results.Length; i++)
                _outputs[i] = results[i].Tensor ?? throw new ModelException($"output '{Outputs[i].Name}' is {(results[i].Sequence is null ? "absent" : "a sequence")}; only tensors can be returned");
            return _outputs;
        }
        catch (ModelException e) when (!Named(e))
        {
            throw new ModelException($"{_model.Name}: {e.Message}", e);
        }
        finally
        {
            foreach (var v in _inputs) v.Clear();
            Volatile.Write(ref _running, 0);
        }
    }

    /// <summary>
    /// How the model runs: steps with their kernels, memory, layout. Of the plan that ran last, or of the one made for the
    /// declared shapes; for a model with free dimensions that has neither run nor been given
    /// <see cref="SessionOptions.Dimensions"/>, pass the shapes.
    /// </summary>
    /// <param name="inputShapes">One shape an input; empty for the present plan.</param>
    public PlanDescription Describe(params ReadOnlySpan<Shape> inputShapes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.Exchange(ref _running, 1) != 0) throw new InvalidOperationException("the session is running; describe it before or afterwards");
        try
        {
            if (inputShapes.Length > 0)
            {
                var inputs = new Tensor[inputShapes.Length];
                for (int i = 0; i < inputs.Length; i++) inputs[i] = Tensor.Create(_model.Inputs[i].Type, inputShapes[i]);
                InputValidation.Check(_model, inputs);
                for (int i = 0; i < inputs.Length; i++) _inputs[i].Refer(inputs[i]);
                return PlanDescription.Of(FindPlan(), _kernels.Name);
            }

            if (_plans.Latest is not { } latest)
                throw new ModelException($"{_model.Name}: the inputs have free dimensions ({string.Join("; ", Inputs)}); give their sizes");
            return PlanDescription.Of(latest, _kernels.Name);
        }
        finally
        {
            foreach (var v in _inputs) v.Clear();
            Volatile.Write(ref _running, 0);
        }
    }

    /// <summary>
    /// Time a step took, on average over all runs so far; empty unless <see cref="SessionOptions.Profile"/> is set.
    /// </summary>
    public IReadOnlyList<StepProfile> Profile()
    {
        if (!_options.Profile || _plans.Latest is not { RunCount: > 0 } plan) return [];
        return [.. plan.Steps.Select(s => new StepProfile(
            s.Node.Name, s.Node.OpType, s.Kernel, Stopwatch.GetElapsedTime(0, s.Ticks / plan.RunCount), s.Macs))];
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _plans.Dispose();
        _pool.Dispose();
        _model.Release();
    }

    private RunValue[] Run(ExecutionPlan plan)
    {
        _pool.BeginRun();
        try
        {
            return plan.Run(_inputs, _pool, _options.Profile);
        }
        finally
        {
            _pool.EndRun();
            _settings.Run.End();
        }
    }

    private ExecutionPlan FindPlan() => _plans.Find(_inputs) ?? _plans.Add(BuildPlan([.. _inputs.Select(v => v.Tensor!.Shape)]));

    private ExecutionPlan BuildPlan(Shape[] shapes)
    {
        ExecutionPlan? plan = null;
        Try(() =>
        {
            var graph = GraphImporter.Import(_model, shapes, _settings);
            PassPipeline.Run(graph, _settings);
            using var weights = PlanWeights.Open(_options.WeightCache, _options.WeightCacheBytes, _options.Log, _model, shapes, _settings);
            // What is measured while nodes are prepared wants the machine for itself.
            plan = PlanBuilder.Build(graph, _settings, weights, _options.Tune ? null : _pool);
            weights.Save();
        });
        if (_tuner.Measured > 0) _options.Log?.Invoke($"{_model.Name}: {_tuner.Measured} convolutions measured");
        _tuner.Save();
        return plan!;
    }

    /// <summary>Lets what goes wrong name the file.</summary>
    private void Try(Action work)
    {
        try
        {
            work();
        }
        catch (ModelException e) when (!Named(e))
        {
            throw new ModelException($"{_model.Name}: {e.Message}", e);
        }
    }

    /// <summary>Nodes know their own names, not the file's.</summary>
    private bool Named(ModelException e) => e.Message.StartsWith(_model.Name, StringComparison.Ordinal);

    /// <summary>The declared shapes, if the options leave no dimension free.</summary>
    private Shape[]? ResolvedShapes()
    {
        var shapes = new Shape[_model.Inputs.Count];
        for (int i = 0; i < shapes.Length; i++)
        {
            if (_model.Inputs[i].Dimensions is not { } dims) return null;
            var sizes = new int[dims.Count];
            for (int d = 0; d < sizes.Length; d++)
            {
                if (dims[d].IsFixed) sizes[d] = dims[d].Size;
                else if (dims[d].Symbol is { } s && _options.Dimensions.TryGetValue(s, out int size)) sizes[d] = size;
                else return null;
            }

            try
            {
                shapes[i] = new Shape(sizes);
            }
            catch (ArgumentException e)
            {
                throw new ModelException($"{_model.Name}: input '{_model.Inputs[i].Name}': {e.Message}", e);
            }
        }

        return shapes;
    }
}
