using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Certificates;

/// <summary>How the answers of a device compare with those of a certificate.</summary>
/// <param name="Compared">Sets of inputs that were compared.</param>
/// <param name="Same">Of these, with the same answers.</param>
/// <param name="Identical">Of these, the same to the last bit.</param>
/// <param name="FirstDifference">What differs first, in words; null for nothing.</param>
public sealed record CertificateComparison(int Compared, int Same, int Identical, string? FirstDifference)
{
    public bool Agrees => Same == Compared;
}

/// <summary>Holds a model on this device to its certificate. Used by one thread at a time.</summary>
public sealed class CertificateCheck
{
    private readonly ParityCertificate _certificate;
    private readonly IInferenceSession _session;

    /// <param name="certificate">The model's.</param>
    /// <param name="session">The model on this device.</param>
    public CertificateCheck(ParityCertificate certificate, IInferenceSession session)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(session);
        (_certificate, _session) = (certificate, session);
    }

    /// <summary>Whether the model's graph and weights are those that were certified.</summary>
    public static bool IsUnchanged(ParityCertificate certificate, ModelProto model)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return CertificateIssuer.GraphHash(model) == certificate.GraphSha256;
    }

    /// <summary>Compares answers to generated inputs; none where the certificate has none.</summary>
    public CertificateComparison Probe(CancellationToken cancellation = default)
    {
        DataType[] types = [.. _session.Inputs.Select(i => i.Type)];
        if (_certificate.Probes.Count > 0 && _certificate.Inputs.Count != types.Length)
            throw new ModelException($"the certificate is of a model with {_certificate.Inputs.Count} inputs; this one has {types.Length}");
        return Compare(_certificate.Probes, Enumerable.Range(0, _certificate.Probes.Count).Select(n => (IReadOnlyList<Tensor>)Probes.Make(_certificate.Inputs, types, n)), "probe", cancellation);
    }

    /// <summary>Compares answers to the data that the certificate was issued with.</summary>
    /// <param name="data">The same samples in the same order; those beyond the certified ones are not read.</param>
    /// <param name="cancellation">Looked at before each run.</param>
    /// <exception cref="ModelException">There are fewer samples than are certified.</exception>
    public CertificateComparison Compare(ICalibrationSource data, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        CertificateComparison result = Compare(_certificate.Answers, data.Read(_session.Inputs), "sample", cancellation);
        if (result.Compared < _certificate.Answers.Count)
            throw new ModelException($"{data.Description}: there are {result.Compared} samples; the certificate is of {_certificate.Answers.Count} of {_certificate.Data}");
        return result;
    }

    private CertificateComparison Compare(IReadOnlyList<CertifiedAnswer> expected, IEnumerable<IReadOnlyList<Tensor>> inputs, string what, CancellationToken cancellation)
    {
        int compared = 0, same = 0, identical = 0;
        string? first = null;
        foreach (IReadOnlyList<Tensor> sample in inputs.Take(expected.Count))
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<Tensor> outputs = _session.Run([.. sample]);
            string? difference = Answers.Difference(expected[compared], outputs);
            if (difference is null) same++;
            else first ??= $"{what} {compared}: {difference}";
            if (Answers.Of(outputs).Fingerprint == expected[compared].Fingerprint) identical++;
            compared++;
        }
        return new CertificateComparison(compared, same, identical, first);
    }
}
