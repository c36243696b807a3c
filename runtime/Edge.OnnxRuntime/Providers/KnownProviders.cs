namespace Edge.OnnxRuntime.Providers;

/// <summary>The providers that configurations can name.</summary>
public static class KnownProviders
{
    private const string GpuPackage = "the package Microsoft.ML.OnnxRuntime.Gpu.Linux (x64) or the Jetson build of ONNX Runtime has it";

    private static readonly LibraryNeed[] s_cuda =
    [
        new("NVIDIA driver", "libcuda"), new("CUDA", "libcudart"), new("cuBLAS", "libcublas"), new("cuBLASLt", "libcublasLt"), new("cuDNN", "libcudnn"),
    ];

    /// <summary>In the order in which they are listed and, of those that are there, measured.</summary>
    internal static IReadOnlyList<KnownProvider> All { get; } =
    [
        new()
        {
            Name = ProviderSpec.Cpu, ExecutionProvider = "CPUExecutionProvider", About = "any CPU", Source = "every build has it",
        },
        new()
        {
            Name = "xnnpack", ExecutionProvider = "XnnpackExecutionProvider", About = "Arm and x86 CPUs, float32",
            Source = "a build of ONNX Runtime with --use_xnnpack has it",
        },
        new()
        {
            Name = "acl", ExecutionProvider = "ACLExecutionProvider", About = "Arm CPUs, through the Arm Compute Library",
            Source = "a build of ONNX Runtime with --use_acl has it",
        },
        new()
        {
            Name = "openvino", ExecutionProvider = "OpenVINOExecutionProvider", About = "Intel CPUs, GPUs and NPUs",
            Source = "the package Intel.ML.OnnxRuntime.OpenVino has it",
            ProviderLibrary = "libonnxruntime_providers_openvino.so",
            Libraries = [new("OpenVINO", "libopenvino")], Devices = OpenVinoDevices, KeepsContext = true,
        },
        new()
        {
            Name = "cuda", ExecutionProvider = "CUDAExecutionProvider", About = "NVIDIA GPUs", Source = GpuPackage,
            ProviderLibrary = "libonnxruntime_providers_cuda.so", Libraries = s_cuda, Devices = NvidiaDevices,
        },
        new()
        {
            Name = "tensorrt", ExecutionProvider = "TensorrtExecutionProvider", About = "NVIDIA GPUs, compiled for the one that is there", Source = GpuPackage,
            ProviderLibrary = "libonnxruntime_providers_tensorrt.so", Libraries = [new("TensorRT", "libnvinfer"), new("TensorRT's ONNX parser", "libnvonnxparser"), .. s_cuda], Devices = NvidiaDevices,
        },
        new()
        {
            Name = "qnn", ExecutionProvider = "QNNExecutionProvider", About = "Qualcomm NPUs, GPUs and CPUs",
            Source = "the package Microsoft.ML.OnnxRuntime.QNN has it",
            Devices = QualcommDevices, FileOption = "backend_path", KeepsContext = true,
        },
    ];

    /// <summary><c>cpu</c>, <c>cuda</c>, and so on.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(p => p.Name)];

    /// <summary>Our name for one of ONNX Runtime's; its own where we have none.</summary>
    public static string ShortName(string executionProvider) => All.FirstOrDefault(p => p.ExecutionProvider == executionProvider)?.Name ?? executionProvider;

    internal static KnownProvider Of(string name) => All.First(p => p.Name == name);

    /// <summary>Jetson boards and WSL have device files of their own instead of numbered ones.</summary>
    private static IEnumerable<DeviceNeed> NvidiaDevices(IReadOnlyDictionary<string, string> options)
    {
        string number = options.GetValueOrDefault("device_id", "0");
        string[] unnumbered = number == "0" ? ["/dev/nvhost-gpu", "/dev/nvgpu", "/dev/dxg"] : ["/dev/dxg"];
        yield return new DeviceNeed($"NVIDIA GPU {number}", [$"/dev/nvidia{number}", .. unnumbered]);
    }

    private static IEnumerable<DeviceNeed> QualcommDevices(IReadOnlyDictionary<string, string> options)
    {
        string backend = options.GetValueOrDefault("backend_path", options.GetValueOrDefault("backend_type", "htp"));
        if (backend.Contains("htp", StringComparison.OrdinalIgnoreCase)) yield return new DeviceNeed("Qualcomm NPU", "/dev/fastrpc-*", "/dev/adsprpc-smd*");
        else if (backend.Contains("gpu", StringComparison.OrdinalIgnoreCase)) yield return new DeviceNeed("Qualcomm GPU", "/dev/kgsl-3d0", "/dev/dri/renderD*");
    }

    private static IEnumerable<DeviceNeed> OpenVinoDevices(IReadOnlyDictionary<string, string> options)
    {
        string type = options.GetValueOrDefault("device_type", "");
        // AUTO:GPU,CPU and the like choose for themselves.
        if (type.StartsWith("GPU", StringComparison.OrdinalIgnoreCase)) yield return new DeviceNeed("Intel GPU", "/dev/dri/renderD*");
        if (type.StartsWith("NPU", StringComparison.OrdinalIgnoreCase)) yield return new DeviceNeed("Intel NPU", "/dev/accel/accel*");
    }
}
