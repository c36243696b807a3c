using System.Text;
using Edge.Onnx;
using Edge.Quantization.Certificates;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Certificates;

/// <summary>A certificate lets the model it is of pass, on every kernel set, and nothing else.</summary>
public class ParityCertificateTests
{
    private static readonly QuantizationResult Result = Quantizer.Quantize(QuantizerTests.SmallClassifier().Build(), Samples.Normal(40), new() { MeasuredSamples = 2 });

    [Fact]
    public void The_model_passes_on_every_kernel_set_to_the_last_bit_or_nearly()
    {
        ParityCertificate certificate = ParityCertificate.Of(Result.Model)!;
        Assert.Equal(4, certificate.Probes.Count);
        Assert.Equal(16, certificate.Answers.Count);
        Assert.True(CertificateCheck.IsUnchanged(certificate, Result.Model));
        foreach (string isa in SupportedSets())
        {
            using InferenceSession session = Open(Result.Model, isa);
            var check = new CertificateCheck(certificate, session);
            CertificateComparison probes = check.Probe(TestContext.Current.CancellationToken), data = check.Compare(Samples.Normal(40), TestContext.Current.CancellationToken);
            Assert.True(probes.Agrees && data.Agrees, $"{isa}: {probes}; {data}");
            Assert.Equal((4, 16), (probes.Compared, data.Compared));
        }
    }

    [Fact]
    public void Another_engine_passes()
    {
        using IInferenceSession session = Oracle.Session(Result.Model);
        Assert.True(new CertificateCheck(ParityCertificate.Of(Result.Model)!, session).Probe(TestContext.Current.CancellationToken).Agrees);
    }

    [Fact]
    public void A_weight_that_changed_is_seen_and_so_are_its_answers()
    {
        ModelProto changed = Copy(Result.Model);
        TensorProto weights = changed.Graph!.Initializers.First(t => t.DataType == (int)ElementType.Int8 && t.Dims.Count == 4);
        byte[] bytes = weights.GetBytes().ToArray();
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)-(sbyte)bytes[i];
        weights.RawData = bytes;
        ParityCertificate certificate = ParityCertificate.Of(changed)!;
        Assert.False(CertificateCheck.IsUnchanged(certificate, changed));
        using InferenceSession session = Open(changed, null);
        CertificateComparison probes = new CertificateCheck(certificate, session).Probe(TestContext.Current.CancellationToken);
        Assert.False(probes.Agrees);
        Assert.StartsWith("probe ", probes.FirstDifference, StringComparison.Ordinal);
        Assert.Contains("certified", probes.FirstDifference, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_data_does_not_pass_and_too_little_is_told()
    {
        using InferenceSession session = Open(Result.Model, null);
        var check = new CertificateCheck(ParityCertificate.Of(Result.Model)!, session);
        Assert.False(check.Compare(Samples.Normal(40, seed: 9), TestContext.Current.CancellationToken).Agrees);
        Assert.Contains("there are 5 samples; the certificate is of 16 of 40 samples", Assert.Throws<ModelException>(() => check.Compare(Samples.Normal(5), TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_names_the_report_and_the_report_the_size_of_the_file()
    {
        ParityCertificate certificate = ParityCertificate.Of(Result.Model)!;
        Assert.Equal(Sha256.Hex(Encoding.UTF8.GetBytes(Result.Report.ToJson() + "\n")), certificate.ReportSha256);
        Assert.Equal(OnnxWriter.Measure(Result.Model), Result.Report.QuantizedBytes);
        Assert.Equal(Result.Report.SourceSha256, certificate.SourceSha256);
    }

    [Fact]
    public void Metadata_that_is_no_certificate_is_refused_in_one_line()
    {
        ModelProto model = Copy(Result.Model);
        model.MetadataProps.Single(p => p.Key == ParityCertificate.MetadataKey).Value = "{";
        Assert.StartsWith("metadata 'edge.certificate' is no certificate", Assert.Throws<ModelException>(() => ParityCertificate.Of(model)).Message, StringComparison.Ordinal);
        model.MetadataProps.RemoveAll(p => p.Key == ParityCertificate.MetadataKey);
        Assert.Null(ParityCertificate.Of(model));
    }

    private static InferenceSession Open(ModelProto model, string? isa)
    {
        using Model loaded = Model.FromProto(model, "test");
        return new InferenceSession(loaded, new SessionOptions { Isa = isa });
    }

    private static IEnumerable<string> SupportedSets()
    {
        foreach (string isa in (string[])["scalar", "vector128", "avx2", "avxvnni", "avx512", "avx512vnni", "neon", "dotprod"])
        {
            bool supported = true;
            try
            {
                Open(Result.Model, isa).Dispose();
            }
            catch (NotSupportedException)
            {
                supported = false;
            }
            if (supported) yield return isa;
        }
    }

    private static ModelProto Copy(ModelProto model)
    {
        using var stream = new MemoryStream();
        OnnxWriter.Write(model, stream);
        return OnnxReader.Read(stream.ToArray(), "copy");
    }
}
