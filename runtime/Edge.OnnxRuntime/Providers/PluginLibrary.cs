using Edge.OnnxRuntime.Native;
using Microsoft.ML.OnnxRuntime;

namespace Edge.OnnxRuntime.Providers;

/// <summary>A library of execution providers that ONNX Runtime has registered, and the devices that they offer.</summary>
internal sealed class PluginLibrary
{
    /// <summary>Ours, not the provider's: which of its devices to use, as <c>cpu</c>, <c>gpu</c>, <c>npu</c> or a number.</summary>
    private const string DeviceOption = "device";

    private readonly string _path;
    private readonly IReadOnlyList<OrtEpDevice> _devices;

    private PluginLibrary(string path, IReadOnlyList<OrtEpDevice> devices) => (_path, _devices) = (path, devices);

    /// <exception cref="ProviderException">It is no library of providers, or there is no device for them.</exception>
    public static PluginLibrary Register(string path)
    {
        var env = OrtEnv.Instance();
        var before = env.GetEpDevices().Select(d => d.EpName).ToHashSet();
        try
        {
            env.RegisterExecutionProviderLibrary(path, path);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ProviderException($"{path} is no library of execution providers that ONNX Runtime {env.GetVersionString()} can load: {NativeErrors.Reason(e)}", e);
        }

        var devices = env.GetEpDevices().Where(d => !before.Contains(d.EpName)).ToList();
        if (devices.Count > 0) return new PluginLibrary(path, devices);
        env.UnregisterExecutionProviderLibrary(path);
        throw new ProviderException($"{path}: its providers find no device on this machine");
    }

    /// <summary>The devices of the provider that is named, else of the first; all of them, or the kind or number that the options name.</summary>
    public IReadOnlyList<OrtEpDevice> Select(ProviderSpec spec)
    {
        string name = spec.LibraryProvider ?? _devices[0].EpName;
        var devices = _devices.Where(d => d.EpName == name).ToList();
        if (devices.Count == 0) throw new ProviderException($"{_path} has no provider {name}; it has {string.Join(", ", _devices.Select(d => d.EpName).Distinct())}");
        if (!spec.Options.TryGetValue(DeviceOption, out string? wanted)) return devices;
        var chosen = int.TryParse(wanted, out int number)
            ? devices.Where((_, i) => i == number).ToList()
            : devices.Where(d => string.Equals(d.HardwareDevice.Type.ToString(), wanted, StringComparison.OrdinalIgnoreCase)).ToList();
        if (chosen.Count > 0) return chosen;
        throw new ProviderException($"{spec}: {name} has no device {wanted}; it has {string.Join(", ", devices.Select((d, i) => $"{i} ({d.HardwareDevice.Type.ToString().ToLowerInvariant()})"))}");
    }

    public static IReadOnlyDictionary<string, string> OptionsOf(ProviderSpec spec) => spec.Options.Where(o => o.Key != DeviceOption).ToDictionary();
}
