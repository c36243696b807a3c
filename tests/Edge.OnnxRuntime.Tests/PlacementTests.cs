using Edge.Onnx;
using Edge.OnnxRuntime.Providers;
using Microsoft.ML.OnnxRuntime;

namespace Edge.OnnxRuntime.Tests;

/// <summary>Which provider runs which node is known, and what the policy makes of it.</summary>
public sealed class PlacementTests
{
    private readonly List<string> _log = [];

    [Fact]
    public void Every_node_of_the_model_has_a_place()
    {
        using var session = OnnxRuntimeSession.Load(Models.Chain(), "chain.onnx", new OnnxRuntimeOptions { Optimization = GraphOptimizationLevel.ORT_DISABLE_ALL });
        Assert.Equal(["cpu Relu 'Relu_0'", "cpu Mul 'Mul_1'", "cpu Add 'Add_2'", "cpu Relu 'Relu_3'"], session.Placement.Select(p => $"{p.Provider} {p}"));
        Assert.Equal("onnxruntime/cpu", session.Provider);
    }

    [Fact]
    public void A_plug_in_gets_the_nodes_that_it_takes()
    {
        using var session = Load("allow");
        Assert.Equal([(ReluPlugin.Name, "Relu_0"), (ReluPlugin.Name, "Relu_3"), ("cpu", "Add_2"), ("cpu", "Mul_1")],
            session.Placement.Select(p => (p.Provider, p.Name)).OrderByDescending(p => p.Provider, StringComparer.Ordinal).ThenBy(p => p.Name, StringComparer.Ordinal).OrderBy(p => p.Provider == "cpu"));
        Assert.Equal($"onnxruntime/{ReluPlugin.Name}+cpu", session.Provider);
        Assert.Equal(Models.Output, session.Run(Models.Input)[0].AsSpan<float>().ToArray());
        Assert.Empty(_log);
    }

    [Fact]
    public void Fail_refuses_a_session_that_would_run_nodes_on_the_CPU_and_names_them()
    {
        string library = ReluPlugin.Require();
        var e = Assert.Throws<ProviderException>(() => Load("fail"));
        Assert.Equal($"chain.onnx: 2 of 4 nodes would run on the CPU, which librelu_ep.so does not take: Mul 'Mul_1', Add 'Add_2'; list cpu as well to accept that: plugin:{library},cpu", e.Message);
    }

    [Fact]
    public void Warn_logs_the_same_and_goes_on()
    {
        using var session = Load("warn");
        Assert.StartsWith("chain.onnx: 2 of 4 nodes would run on the CPU", Assert.Single(_log), StringComparison.Ordinal);
        Assert.Equal(Models.Output, session.Run(Models.Input)[0].AsSpan<float>().ToArray());
    }

    [Fact]
    public void Who_lists_the_CPU_has_asked_for_it()
    {
        using var session = Load("fail", $"plugin:{ReluPlugin.Require()},cpu");
        Assert.Equal(2, session.Placement.Count(p => p.Provider == "cpu"));
        Assert.Empty(_log);
    }

    [Fact]
    public void A_provider_that_takes_no_node_at_all_is_refused_even_if_the_CPU_is_listed()
    {
        string spec = $"plugin:{ReluPlugin.Require()},cpu";
        var e = Assert.Throws<ProviderException>(() => Load("fail", spec, Models.Sum()));
        Assert.Equal("chain.onnx: librelu_ep.so takes none of the 1 nodes; all of them would run on the CPU", e.Message);
        using var session = Load("warn", spec, Models.Sum());
        Assert.Equal(e.Message, Assert.Single(_log));
        Assert.Equal("onnxruntime/cpu", session.Provider);
    }

    [Fact]
    public void A_provider_that_takes_everything_is_no_matter_for_the_policy()
    {
        using var session = Load("fail", null, Models.Relus());
        Assert.Equal($"onnxruntime/{ReluPlugin.Name}", session.Provider);
    }

    [Theory]
    [InlineData("xnnpack")]
    [InlineData("cuda:device_id=1")]
    public void A_provider_that_this_build_does_not_have(string spec)
    {
        string name = spec.Split(':')[0];
        var e = Assert.Throws<ProviderException>(() => Load("fail", spec));
        Assert.Matches($@"^provider {name} cannot be used on this machine: ONNX Runtime [\d.]+ \(/.+libonnxruntime\.so\) is built without it and has cpu only \(.+\); usable here: edge, cpu$", e.Message);
        using (var session = Load("warn", spec)) Assert.Equal("onnxruntime/cpu", session.Provider);
        Assert.Equal(e.Message, Assert.Single(_log));
        using (var session = Load("allow", spec)) Assert.Equal("onnxruntime/cpu", session.Provider);
        Assert.Single(_log);
    }

    [Fact]
    public void A_provider_that_cannot_be_started()
    {
        string library = ReluPlugin.Require(), spec = $"plugin:{library}:{ReluPlugin.Name},fail=1";
        var e = Assert.Throws<ProviderException>(() => Load("fail", spec));
        Assert.Equal($"chain.onnx: ONNX Runtime cannot run it with {ReluPlugin.Name}: the relu unit is on fire", e.Message);
        using var session = Load("warn", spec);
        Assert.Equal(e.Message, Assert.Single(_log));
        Assert.Equal("onnxruntime/cpu", session.Provider);
    }

    [Fact]
    public void A_plug_in_that_is_none()
    {
        using var folder = new TemporaryFolder();
        string text = folder.File("libnone.so", "not a library");
        Assert.Equal($"{text} is no library of execution providers that ONNX Runtime {OrtEnv.Instance().GetVersionString()} can load: Failed to load library {text} with error: {text}: file too short", Assert.Throws<ProviderException>(() => Load("fail", $"plugin:{text}")).Message);
        string absent = folder["libabsent.so"];
        Assert.StartsWith($"provider libabsent.so cannot be used on this machine: there is no {absent} (", Assert.Throws<ProviderException>(() => Load("fail", $"plugin:{absent}")).Message, StringComparison.Ordinal);
        using var session = Load("warn", $"plugin:{text}");
        Assert.Equal("onnxruntime/cpu", session.Provider);
        Assert.Single(_log);
    }

    [Fact]
    public void A_plug_in_without_the_provider_or_device_that_is_named()
    {
        string library = ReluPlugin.Require();
        Assert.Equal($"{library} has no provider Npu; it has {ReluPlugin.Name}", Assert.Throws<ProviderException>(() => Load("fail", $"plugin:{library}:Npu")).Message);
        Assert.EndsWith($"{ReluPlugin.Name} has no device npu; it has 0 (cpu)", Assert.Throws<ProviderException>(() => Load("fail", $"plugin:{library},device=npu")).Message, StringComparison.Ordinal);
        using var session = Load("fail", $"plugin:{library},device=cpu", Models.Relus());
        Assert.Equal($"onnxruntime/{ReluPlugin.Name}", session.Provider);
    }

    [Fact]
    public void The_CPU_takes_no_options() =>
        Assert.Equal("cpu:threads=1: cpu takes no options", Assert.Throws<ProviderException>(() => Load("fail", "cpu:threads=1")).Message);

    [Fact]
    public void A_model_that_ONNX_Runtime_refuses_is_the_models_fault() =>
        Assert.Throws<ModelException>(() => Load("fail", "cpu", [1, 2, 3]));

    private OnnxRuntimeSession Load(string policy, string? providers = null, byte[]? model = null) => OnnxRuntimeSession.Load(model ?? Models.Chain(), "chain.onnx", new OnnxRuntimeOptions
    {
        Providers = ProviderSpec.ParseList(providers ?? $"plugin:{ReluPlugin.Require()}"),
        Policy = Enum.Parse<ProviderPolicy>(policy, ignoreCase: true),
        Optimization = GraphOptimizationLevel.ORT_DISABLE_ALL,
        Log = _log.Add,
    });
}
