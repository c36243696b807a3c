using Edge.OnnxRuntime.Providers;

namespace Edge.OnnxRuntime.Tests;

public sealed class ProviderSpecTests
{
    [Theory]
    [InlineData("cpu", "cpu")]
    [InlineData("CUDA", "cuda")]
    [InlineData("cuda:device_id=0", "cuda:device_id=0")]
    [InlineData("tensorrt:trt_fp16_enable=1,device_id=0,cuda,cpu", "tensorrt:device_id=0,trt_fp16_enable=1|cuda|cpu")]
    [InlineData("qnn:backend_path=/usr/lib/libQnnHtp.so,cpu", "qnn:backend_path=/usr/lib/libQnnHtp.so|cpu")]
    [InlineData(@"tensorrt:trt_profile_min_shapes=x:1x3\,y:1x4,cpu", @"tensorrt:trt_profile_min_shapes=x:1x3\,y:1x4|cpu")]
    [InlineData("plugin:/opt/npu/libnpu.so", "plugin:/opt/npu/libnpu.so")]
    [InlineData("plugin:/opt/npu/libnpu.so:NpuEP,device=npu,mode=fast,cpu", "plugin:/opt/npu/libnpu.so:NpuEP,device=npu,mode=fast|cpu")]
    [InlineData(@"plugin:C:\npu\npu.dll", @"plugin:C:\npu\npu.dll")]
    [InlineData(@"plugin:C:\npu\npu.dll:NpuEP", @"plugin:C:\npu\npu.dll:NpuEP")]
    public void A_list_in_order_of_preference(string text, string expected)
    {
        var specs = ProviderSpec.ParseList(text);
        Assert.Equal(expected.Split('|'), specs.Select(s => s.ToString()));
        Assert.Equal(expected.Split('|'), ProviderSpec.ParseList(string.Join(',', specs)).Select(s => s.ToString()));
    }

    [Fact]
    public void A_plug_in_has_a_library_a_name_and_options()
    {
        var spec = Assert.Single(ProviderSpec.ParseList("plugin:/opt/npu/libnpu.so:NpuEP,mode=fast"));
        Assert.Equal(("plugin", "/opt/npu/libnpu.so", "NpuEP", "NpuEP"), (spec.Name, spec.Library, spec.LibraryProvider, spec.Label));
        Assert.Equal("fast", spec.Options["mode"]);
        Assert.Equal("libnpu.so", ProviderSpec.ParseList("plugin:/opt/npu/libnpu.so")[0].Label);
    }

    [Theory]
    [InlineData("", "'' is no provider; providers: cpu, xnnpack, acl, openvino, cuda, tensorrt, qnn, plugin:/path/to/library[:name]")]
    [InlineData("cuda,", "'cuda,' is no provider; ")]
    [InlineData("gpu", "'gpu' is no provider; ")]
    [InlineData("device_id=0", "'device_id=0' is no provider; ")]
    [InlineData("cuda:device_id", "'device_id' in 'cuda:device_id': an option is written name=value")]
    [InlineData("cuda:=1", "'=1' in 'cuda:=1': an option is written name=value")]
    [InlineData("cuda:device_id=", "'device_id=' in 'cuda:device_id=': an option is written name=value")]
    [InlineData("cuda:a=1,a=2", "'cuda:a=1,a=2' gives the option a twice")]
    [InlineData("cuda,cpu,cuda:device_id=1", "'cuda,cpu,cuda:device_id=1' names cuda twice")]
    [InlineData("plugin:", "plugin: write plugin:/path/to/library or plugin:/path/to/library:name")]
    public void A_list_that_makes_no_sense(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<ProviderException>(() => ProviderSpec.ParseList(text)).Message, StringComparison.Ordinal);
}
