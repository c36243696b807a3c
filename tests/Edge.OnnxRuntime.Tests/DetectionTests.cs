using Edge.OnnxRuntime.Providers;

namespace Edge.OnnxRuntime.Tests;

/// <summary>What detection says of machines that are folders.</summary>
public sealed class DetectionTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public DetectionTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "libraries and devices are looked for on Linux only");

    public void Dispose() => _root.Dispose();

    [Fact]
    public void This_machine_has_the_CPU()
    {
        var all = ProviderDetector.Local().All();
        Assert.Equal(KnownProviders.Names, all.Select(p => p.Name));
        Assert.True(all[0].Usable);
        Assert.Matches(@"^\d+\.\d+\.\d+$", all[0].Version);
        Assert.All(all, p => Assert.Equal(p.Usable, p.Remedy.Length == 0));
    }

    [Fact]
    public void A_build_without_the_provider()
    {
        var detector = new ProviderDetector(new OrtBuild("1.31.1", "/app/libonnxruntime.so", ["AzureExecutionProvider", "CPUExecutionProvider"]), new MachineFiles(_root.Path));
        Assert.Equal(
            "provider cuda cannot be used on this machine: ONNX Runtime 1.31.1 (/app/libonnxruntime.so) is built without it and has cpu only "
            + "(the package Microsoft.ML.OnnxRuntime.Gpu.Linux (x64) or the Jetson build of ONNX Runtime has it; EDGE_ONNXRUNTIME=FOLDER loads another build); usable here: edge, cpu",
            Explain(detector, "cuda"));
    }

    [Fact]
    public void Everything_is_there()
    {
        var status = Check("cuda", InstallCuda());
        Assert.True(status.Usable, string.Join("; ", status.Missing));
        Assert.Equal("1.31.1, NVIDIA driver 1, CUDA 12.4.127, cuBLAS 12, cuBLASLt 12, cuDNN 9", status.Version);
    }

    [Fact]
    public void Each_thing_that_is_missing_is_named()
    {
        var build = InstallCuda();
        File.Delete(_root["usr/local/cuda-12.4/lib64/libcudnn.so.9"]);
        File.Delete(_root["dev/nvidia0"]);
        File.Delete(_root["app/libonnxruntime_providers_cuda.so"]);
        Assert.Equal(
            $"provider cuda cannot be used on this machine: there is no libonnxruntime_providers_cuda.so in {_root["app"]}; cuDNN is not installed (libcudnn.so); "
            + "there is no NVIDIA GPU 0 (/dev/nvidia0, /dev/nvhost-gpu, /dev/nvgpu, /dev/dxg) (install what is missing, or set LD_LIBRARY_PATH to where it lies); usable here: edge, cpu",
            Explain(new ProviderDetector(build, new MachineFiles(_root.Path)), "cuda"));
    }

    [Fact]
    public void The_device_that_is_asked_for_must_be_there()
    {
        var build = InstallCuda();
        Assert.Equal(["there is no NVIDIA GPU 1 (/dev/nvidia1, /dev/dxg)"], Check("cuda:device_id=1", build).Missing);
        _root.File("dev/nvidia1", "");
        Assert.True(Check("cuda:device_id=1", build).Usable);
    }

    [Fact]
    public void A_Jetson_has_no_numbered_device()
    {
        var build = InstallCuda();
        File.Delete(_root["dev/nvidia0"]);
        _root.File("dev/nvhost-gpu", "");
        Assert.True(Check("cuda", build).Usable);
    }

    [Fact]
    public void TensorRT_needs_what_CUDA_needs_and_more()
    {
        var build = InstallCuda();
        Assert.Equal([$"there is no libonnxruntime_providers_tensorrt.so in {_root["app"]}", "TensorRT is not installed (libnvinfer.so)", "TensorRT's ONNX parser is not installed (libnvonnxparser.so)"], Check("tensorrt", build).Missing);
    }

    [Fact]
    public void Libraries_are_found_where_the_loader_finds_them()
    {
        var build = InstallCuda();
        string moved = _root.File("opt/cudnn/lib/libcudnn.so.9", "");
        File.Delete(_root["usr/local/cuda-12.4/lib64/libcudnn.so.9"]);
        Assert.False(Check("cuda", build).Usable);
        var detector = new ProviderDetector(build, new MachineFiles(_root.Path, [Path.GetDirectoryName(moved)!]));
        Assert.True(detector.Check(ProviderSpec.ParseList("cuda")[0]).Usable);
        foreach (string file in new[] { "etc/ld.so.conf.d/cudnn.conf", "etc/ld.so.conf" })
        {
            string configuration = _root.File(file, "# cuDNN\n/opt/cudnn/lib\n");
            Assert.True(Check("cuda", build).Usable, file);
            File.Delete(configuration);
        }
    }

    [Fact]
    public void QNN_needs_its_backend_and_a_device_for_it()
    {
        var build = new OrtBuild("1.31.1", _root["app/libonnxruntime.so"], ["QNNExecutionProvider", "CPUExecutionProvider"]);
        Assert.Equal(["there is no Qualcomm NPU (/dev/fastrpc-*, /dev/adsprpc-smd*)"], Check("qnn", build).Missing);
        _root.File("dev/fastrpc-cdsp", "");
        Assert.True(Check("qnn", build).Usable);
        string backend = _root["usr/lib/libQnnCpu.so"];
        Assert.Equal([$"backend_path: there is no {backend}"], Check($"qnn:backend_path={backend}", build).Missing);
        _root.File("usr/lib/libQnnCpu.so", "");
        Assert.True(Check($"qnn:backend_path={backend}", build).Usable);
    }

    [Fact]
    public void OpenVINO_needs_the_device_that_its_options_name()
    {
        _root.File("app/libonnxruntime_providers_openvino.so", "");
        _root.File("usr/lib/x86_64-linux-gnu/libopenvino.so.2520", "");
        var build = new OrtBuild("1.31.1", _root["app/libonnxruntime.so"], ["OpenVINOExecutionProvider"]);
        Assert.True(Check("openvino", build).Usable);
        Assert.Equal(["there is no Intel GPU (/dev/dri/renderD*)"], Check("openvino:device_type=GPU", build).Missing);
        _root.File("dev/dri/renderD128", "");
        Assert.True(Check("openvino:device_type=GPU", build).Usable);
    }

    private OrtBuild InstallCuda()
    {
        _root.File("app/libonnxruntime_providers_cuda.so", "");
        _root.File("usr/lib/x86_64-linux-gnu/libcuda.so.1", "");
        foreach (string library in new[] { "libcudart.so.12.4.127", "libcublas.so.12", "libcublasLt.so.12", "libcudnn.so.9" }) _root.File($"usr/local/cuda-12.4/lib64/{library}", "");
        File.CreateSymbolicLink(_root["usr/local/cuda-12.4/lib64/libcudart.so.12"], "libcudart.so.12.4.127");
        _root.File("dev/nvidia0", "");
        return new OrtBuild("1.31.1", _root["app/libonnxruntime.so"], ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]);
    }

    private ProviderStatus Check(string spec, OrtBuild build) => new ProviderDetector(build, new MachineFiles(_root.Path)).Check(ProviderSpec.ParseList(spec)[0]);

    private static string Explain(ProviderDetector detector, string spec) => detector.Explain(detector.Check(ProviderSpec.ParseList(spec)[0]));
}
