namespace Edge.Conformance;

/// <summary>
/// Tests in <see cref="Scope"/> that the runtime does not pass, each with the reason. A test checks that every one of
/// them still fails, so that the list never outlives its reasons.
/// </summary>
internal static class Exclusions
{
    /// <summary>Reason by name of the test.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = Build();

    private static Dictionary<string, string> Build()
    {
        var all = new Dictionary<string, string>();
        Add(all, "Dropout in training mode: this runtime infers only",
            "test_training_dropout", "test_training_dropout_default", "test_training_dropout_default_mask",
            "test_training_dropout_mask", "test_training_dropout_zero_ratio", "test_training_dropout_zero_ratio_mask");
        Add(all, "align_corners with a scale that does not divide: the operator's text, ONNX Runtime and this runtime take the output's size, the test takes scale · size unrounded",
            "test_resize_downsample_scales_cubic_align_corners", "test_resize_downsample_scales_linear_align_corners");
        Add(all, "BatchNormalization in training mode: this runtime infers only",
            "test_batchnorm_epsilon_training_mode", "test_batchnorm_example_training_mode");
        Add(all, "DFT of which zeros are expected to be 2e-7, beyond the tolerance: the rounding of the transform in float32 that made the test; here they are 2e-15",
            "test_dft_inverse", "test_dft_inverse_opset19");
        Add(all, "Bernoulli: ONNX does not say which random numbers are drawn; the tests hold those of numpy",
            "test_bernoulli", "test_bernoulli_double", "test_bernoulli_double_expanded", "test_bernoulli_expanded", "test_bernoulli_seed", "test_bernoulli_seed_expanded");
        return all;
    }

    private static void Add(Dictionary<string, string> all, string reason, params ReadOnlySpan<string> names)
    {
        foreach (string name in names) all.Add(name, reason);
    }
}
