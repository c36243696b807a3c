using System.Diagnostics;
using System.Globalization;
using Edge.Fuzz.Mutation;
using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Fuzz.Running;

/// <summary>Sends one file through everything: reader, model, session (import, passes, planning), one run.</summary>
internal static class Target
{
    /// <param name="path">The file; what it refers to lies beside it.</param>
    /// <remarks>Time and memory are looked at a second time before they are held against the mutant: compiling code takes both.</remarks>
    public static Verdict Test(string path)
    {
        var verdict = Measure(path);
        return verdict.Outcome is Outcome.Slow or Outcome.Memory ? Measure(path) : verdict;
    }

    /// <summary>What a coverage-guided fuzzer runs: ends normally, or with what is a finding.</summary>
    public static void TestStream(Stream stream)
    {
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        string stage = "";
        try
        {
            Drive(() => Model.Load(bytes.ToArray(), "mutant.onnx"), ref stage);
        }
        catch (ModelException)
        {
        }
    }

    /// <summary>Everything, unmeasured. Throws what the product throws.</summary>
    private static Outcome Drive(Func<Model> load, ref string stage)
    {
        stage = "load";
        using var model = load();
        stage = "session";
        using var session = new InferenceSession(model, new SessionOptions { Threads = 1, Limits = FuzzLimits.Session });
        stage = "run";
        if (Inputs(session, large: false) is not { } inputs) return Outcome.Planned;
        try
        {
            session.Run(inputs);
        }
        catch (ModelException) when (Inputs(session, large: true) is { } others)
        {
            // Small sizes and negative indices are often refused: for some models other inputs lead on.
            inputs = others;
            session.Run(inputs);
        }

        // The same shapes with numbers that no picture has: as indices, coordinates, sizes.
        var random = new Random(2);
        foreach (var t in inputs) Poison(t, random);
        try
        {
            session.Run(inputs);
        }
        catch (ModelException e) when (!IsUnforeseen(e))
        {
        }

        return Outcome.Ran;
    }

    private static Verdict Measure(string path)
    {
        long length = new FileInfo(path).Length;
        string stage = "load";
        var cpu = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetAllocatedBytesForCurrentThread(), resident = ResetPeak();
        Verdict verdict;
        try
        {
            verdict = new Verdict(Drive(() => Model.Load(path), ref stage), stage, "", "");
        }
        catch (ModelException e) when (IsUnforeseen(e))
        {
            verdict = new Verdict(Outcome.Exception, stage, $"unforeseen {e.InnerException!.GetType().Name} at {Frame(e.InnerException)}", e.ToString());
        }
        catch (ModelException e)
        {
            verdict = new Verdict(Outcome.Refused, stage, "", e.Message);
        }
        catch (Exception e)
        {
            verdict = new Verdict(Outcome.Exception, stage, $"{e.GetType().Name} at {Frame(e)}", e.ToString());
        }

        if (verdict.Outcome == Outcome.Exception) return verdict;
        var time = Environment.CpuUsage.TotalTime - cpu;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        resident = Peak() - resident;
        if (time > FuzzLimits.Time) return verdict with { Outcome = Outcome.Slow, Signature = $"slow in {stage}", Detail = $"{time.TotalSeconds:F1} s; {verdict.Detail}" };
        return allocated > FuzzLimits.Allocated(length) || resident > FuzzLimits.Resident(length)
            ? verdict with { Outcome = Outcome.Memory, Signature = $"memory in {stage}", Detail = $"{allocated:N0} bytes allocated, {resident:N0} bytes more resident, for a file of {length:N0}; {verdict.Detail}" }
            : verdict;
    }

    /// <summary>Small random inputs; null if the model wants more than <see cref="FuzzLimits.InputBytes"/>.</summary>
    private static Tensor[]? Inputs(InferenceSession session, bool large)
    {
        var random = new Random(1);
        var symbols = new Dictionary<string, int>();
        var inputs = new Tensor[session.Inputs.Count];
        long left = FuzzLimits.InputBytes;
        for (int i = 0; i < inputs.Length; i++)
        {
            var info = session.Inputs[i];
            // A type that tensors cannot have is refused by the run; any other tensor shows that.
            var type = info.Type.Size() == 0 ? DataType.Float32 : info.Type;
            int[] dims = info.Dimensions is { } declared
                ? [.. declared.Select(d => d.IsFixed ? d.Size : d.Symbol is { } s ? symbols.TryAdd(s, large ? Large(declared) : random.Next(1, 4)) ? symbols[s] : symbols[s] : large ? Large(declared) : 2)]
                : [2, 3];
            double bytes = dims.Aggregate((double)type.Size(), (p, d) => p * d);
            left -= (long)Math.Min(bytes, FuzzLimits.InputBytes + 1);
            if (left < 0) return null;
            inputs[i] = Tensor.Create(type, new Shape(dims));
            Fill(inputs[i], random, large ? 0 : 8);
        }

        return inputs;
    }

    /// <summary>Random elements; one integer in <paramref name="negative"/> is negative, at 0 none is and none above 1.</summary>
    private static void Fill(Tensor t, Random random, int negative)
    {
        switch (t.Type)
        {
            case DataType.Float32: foreach (ref float x in t.AsSpan<float>()) x = random.NextSingle() * 4 - 1; break;
            case DataType.Float64: foreach (ref double x in t.AsSpan<double>()) x = random.NextDouble() * 4 - 1; break;
            case DataType.Float16: foreach (ref Half x in t.AsSpan<Half>()) x = (Half)(random.NextSingle() * 4 - 1); break;
            case DataType.Int64: foreach (ref long x in t.AsSpan<long>()) x = Small(random, negative); break;
            case DataType.Int32: foreach (ref int x in t.AsSpan<int>()) x = Small(random, negative); break;
            case DataType.Bool: foreach (ref bool x in t.AsSpan<bool>()) x = random.Next(2) == 0; break;
            case DataType.String: Tensor.FromStrings(t.Shape, [.. Enumerable.Range(0, t.Count).Select(i => i % 3 == 0 ? "a" : $"b-{i % 5}")]).Bytes.CopyTo(t.Bytes); break;
            default: foreach (ref byte x in t.Bytes) x = (byte)random.Next(5); break;
        }
    }

    /// <summary>Told as a refusal, but nobody had looked.</summary>
    private static bool IsUnforeseen(ModelException e) => e.InnerException is IndexOutOfRangeException or InvalidOperationException or DivideByZeroException;

    private static void Poison(Tensor t, Random random)
    {
        int every = random.Next(1, 4);
        for (int i = 0; i < t.Count; i++)
        {
            if (random.Next(every) != 0) continue;
            switch (t.Type)
            {
                case DataType.Float32: t.AsSpan<float>()[i] = Nasty.Float(random); break;
                case DataType.Float64: t.AsSpan<double>()[i] = Nasty.Float(random); break;
                case DataType.Float16: t.AsSpan<Half>()[i] = (Half)Nasty.Float(random); break;
                case DataType.Int64: t.AsSpan<long>()[i] = Nasty.Integer(random); break;
                case DataType.Int32: t.AsSpan<int>()[i] = unchecked((int)Nasty.Integer(random)); break;
            }
        }
    }

    /// <summary>A free dimension of signals has to be longer than one of pictures.</summary>
    private static int Large(IReadOnlyList<Dimension> dims) => dims.Count <= 2 ? 640 : 64;

    private static int Small(Random random, int negative) => negative == 0 ? random.Next(2) : random.Next(negative) == 0 ? random.Next(-5, 0) : random.Next(5);

    /// <summary>The product's innermost method in a trace: what findings of one cause have in common.</summary>
    private static string Frame(Exception e)
    {
        var frames = new StackTrace(e).GetFrames().Select(f => f.GetMethod()).Where(m => m?.DeclaringType?.FullName?.StartsWith("Edge.", StringComparison.Ordinal) == true).ToArray();
        return frames.Length == 0 ? "?" : $"{frames[0]!.DeclaringType!.Name}.{frames[0]!.Name}";
    }

    /// <summary>Linux: forgets the largest size that the process had, and returns the present one.</summary>
    private static long ResetPeak()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        File.WriteAllText("/proc/self/clear_refs", "5");
        return Peak();
    }

    private static long Peak()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        foreach (string line in File.ReadLines("/proc/self/status"))
            if (line.StartsWith("VmHWM:", StringComparison.Ordinal)) return 1024 * long.Parse(line.AsSpan(6, line.Length - 8).Trim(), CultureInfo.InvariantCulture);
        return 0;
    }
}
