using Edge.Onnx;

namespace Edge.Fuzz.Corpus;

/// <summary>The models that need no files: one for each family of operators and more for graphs inside of nodes.</summary>
internal static class BuiltSeeds
{
    /// <summary>The file that the seed with external data points into lies beside every mutant under this name.</summary>
    public const string ExternalFile = "weights.bin";

    public const int ExternalLength = 4096;

    private const int Opset = 21;

    /// <summary>Lines of <see cref="OneNode"/>.</summary>
    private const string Nodes = """
        Add x=f[2,3] y=f[3]! / / z
        Add x=h[2,3] y=h[3]! / / z
        Mul x=l[2,3] y=l[2,1]! / / z
        Div x=i[4] y=i[4]!1,2,0,3 / / z
        Mod x=l[4] y=l[4]!3,-2,1,5 / fmod=0 / z
        Pow x=f[3,2] y=f[1]!2 / / z
        BitShift x=u[4] y=u[4]! / direction=LEFT / z
        Where c=t[2,1] x=f[2,3] y=f[3] / / z
        Sum x=f[2,3] y=f[3] w=f[1] / / z
        Clip x=f[8] a=f[]!-1 b=f[]!1 / / y
        Relu x=f[N,3] / / y
        Gelu x=f[2,8] / approximate=tanh / y
        Erf x=f[2,8] / / y
        Softmax x=f[2,3,4] / axis=-1 / y
        LogSoftmax x=f[2,3,4] / axis=1 / y
        Cast x=f[2,3] / to=7 / y
        Cast x=S[3] / to=1 / y
        CastLike x=f[2,3] t=h[1] / / y
        QuantizeLinear x=f[2,3,4] s=f[3]!0.5,1,2 z=u[3]! / axis=1 / y
        DequantizeLinear x=u[2,3,4] s=f[3]!0.5,1,2 z=u[3]! / axis=1 / y
        DequantizeLinear x=s[4,6] s=f[4,3]! z=s[4,3]! / axis=1 block_size=2 / y
        DynamicQuantizeLinear x=f[2,3] / / y s z
        Conv x=f[1,4,6,6] w=f[8,4,3,3]! b=f[8]! / pads=1,1,1,1 strides=2,2 / y
        Conv x=f[N,4,7] w=f[4,1,3]! / group=4 dilations=2, auto_pad=SAME_UPPER / y
        Conv x=f[1,2,5,5] w=f[3,2,3,3] / kernel_shape=3,3 / y
        ConvTranspose x=f[1,2,4,4] w=f[2,3,3,3]! / strides=2,2 output_padding=1,1 pads=1,1,1,1 / y
        ConvInteger x=u[1,2,5,5] w=u[3,2,3,3]! z=u[]!1 v=u[1]!2 / pads=1,1,1,1 / y
        QLinearConv x=u[1,4,5,5] a=f[]!0.5 b=u[]!1 w=s[4,4,3,3]! c=f[4]!0.5 d=s[4]!0 e=f[]!1 g=u[]!3 h=i[4]! / pads=1,1,1,1 / y
        MatMul x=f[2,3,4] y=f[4,5]! / / z
        MatMul x=f[N,1,3,4] y=f[2,4,5] / / z
        Gemm x=f[4,3] w=f[5,4]! b=f[5]! / transA=1 transB=1 alpha=0.5 / y
        MatMulInteger x=u[3,4] y=s[4,2]! a=u[]!1 b=s[2]! / / z
        QLinearMatMul x=u[3,4] a=f[]!0.5 b=u[]!1 y=u[4,2]! c=f[]!0.5 d=u[]!1 e=f[]!1 g=u[]!2 / / z
        Einsum x=f[2,3,4] y=f[2,4,5] / equation='bij,bjk->bik / z
        MaxPool x=f[1,2,6,6] / kernel_shape=3,3 strides=2,2 pads=1,1,1,1 ceil_mode=1 / y i
        AveragePool x=f[1,2,6,6] / kernel_shape=2,3 dilations=2,1 count_include_pad=1 pads=1,0,0,1 / y
        LpPool x=f[1,2,6] / kernel_shape=3, p=2 / y
        GlobalAveragePool x=f[1,2,6,6] / / y
        MaxUnpool x=f[1,1,2,2] i=l[1,1,2,2]!0,3,9,15 s=l[4]!1,1,4,4 / kernel_shape=2,2 strides=2,2 / y
        Col2Im x=f[1,5,5] s=l[2]!5,5 b=l[2]!1,5 / / y
        BatchNormalization x=f[2,3,4] s=f[3]! b=f[3]! m=f[3]! v=f[3]!1 / epsilon=0.001 / y
        InstanceNormalization x=f[2,3,4] s=f[3]! b=f[3]! / / y
        LayerNormalization x=f[2,3,4] s=f[4]! b=f[4]! / axis=-1 / y m d
        GroupNormalization x=f[2,4,3] s=f[4]! b=f[4]! / num_groups=2 / y
        LpNormalization x=f[2,3] / axis=1 p=2 / y
        LRN x=f[1,5,3,3] / size=3 / y
        MeanVarianceNormalization x=f[2,3,4,4] / axes=0,2,3 / y
        ReduceSum x=f[2,3,4] a=l[2]!0,-1 / keepdims=0 / y
        ReduceMean x=f[2,3,4] a=l[1] / noop_with_empty_axes=1 / y
        ReduceMax x=i[2,3,4] a=l[1]!1 / / y
        ArgMax x=f[2,3,4] / axis=1 select_last_index=1 / y
        TopK x=f[3,5] k=l[1]!2 / axis=-1 largest=0 / v i
        TopK x=f[3,5] k=l[1] / / v i
        CumSum x=f[2,3] a=l[]!1 / exclusive=1 reverse=1 / y
        Concat x=f[2,1] y=f[2,2] w=f[2,3]! / axis=1 / z
        Split x=f[2,6] s=l[2]!2,4 / axis=1 / y z
        Split x=f[2,6] / axis=1 num_outputs=3 / a b c
        Slice x=f[4,6] s=l[2]!0,-1 e=l[2]!3,-7 a=l[2]!0,1 t=l[2]!1,-2 / / y
        Slice x=f[4,6] s=l[1] e=l[1] / / y
        Pad x=f[2,3,4] p=l[6]!0,1,0,0,-1,2 v=f[]!0 / mode=constant / y
        Pad x=f[2,3] p=l[4] / mode=reflect / y
        Reshape x=f[2,3,4] s=l[2]!0,-1 / allowzero=0 / y
        Reshape x=f[2,N,4] s=l[2] / / y
        Flatten x=f[2,3,4] / axis=2 / y
        Squeeze x=f[1,3,1] a=l[1]!0 / / y
        Unsqueeze x=f[3,4] a=l[2]!0,-1 / / y
        Transpose x=f[2,3,4] / perm=2,0,1 / y
        Expand x=f[3,1] s=l[3]!2,1,6 / / y
        Expand x=f[3,1] s=l[2] / / y
        Tile x=f[2,3] r=l[2]!2,1 / / y
        Tile x=f[2,3] r=l[2] / / y
        Gather x=f[4,3] i=l[2,2]!0,3,-1,2 / axis=0 / y
        Gather x=f[4,3] i=i[2] / axis=1 / y
        GatherElements x=f[3,3] i=l[2,3] / axis=0 / y
        GatherND x=f[2,3,4] i=l[2,1] / batch_dims=1 / y
        ScatterElements x=f[3,3] i=l[2,3] u=f[2,3] / axis=1 reduction=add / y
        ScatterND x=f[4,4] i=l[2,1] u=f[2,4] / reduction=max / y
        ScatterND x=f[4,4] i=l[2,2]!0,1,-1,3 u=f[2] / / y
        OneHot i=l[2,3] d=l[]!4 v=f[2]!0,1 / axis=-1 / y
        OneHot i=l[3] d=l[1] v=f[2] / / y
        Range a=l[] b=l[] c=l[] / / y
        Range a=f[]!0 b=f[]!5 c=f[]!0.5 / / y
        ConstantOfShape s=l[2] / value=#f1 / y
        ConstantOfShape s=l[3]!2,3,4 / value=#l7 / y
        EyeLike x=f[3,4] / k=1 / y
        Trilu x=f[3,4] k=l[]!1 / upper=0 / y
        NonZero x=f[2,3] / / y
        Compress x=f[4,3] c=t[4] / axis=0 / y
        Unique x=f[6] / sorted=1 / y i v c
        ReverseSequence x=f[4,3] l=l[3]!1,2,4 / batch_axis=1 time_axis=0 / y
        Shape x=f[2,3,4] / start=1 / y
        Size x=f[2,3] / / y
        Identity x=f[2,3] / / y
        Constant / value=#f1,2,3 / y
        Resize x=f[1,2,4,4] - s=f[4]!1,1,2,1.5 / mode=linear coordinate_transformation_mode=half_pixel / y
        Resize x=f[1,2,4,4] - - s=l[4]!1,2,3,7 / mode=cubic antialias=1 / y
        Resize x=f[1,2,4,4] r=f[8]!0,0,0.1,0.1,1,1,0.9,0.9 - s=l[4] / mode=linear coordinate_transformation_mode=tf_crop_and_resize / y
        Resize x=f[1,2,4,4] - s=f[4] / mode=nearest nearest_mode=floor / y
        DepthToSpace x=f[1,8,2,3] / blocksize=2 mode=CRD / y
        SpaceToDepth x=f[1,2,4,6] / blocksize=2 / y
        GridSample x=f[1,2,4,4] g=f[1,3,3,2] / mode=linear padding_mode=reflection / y
        AffineGrid t=f[1,2,3] s=l[4]!1,1,3,4 / align_corners=1 / y
        RoiAlign x=f[1,2,6,6] r=f[2,4] b=l[2] / output_height=2 output_width=3 sampling_ratio=2 / y
        MaxRoiPool x=f[1,2,6,6] r=f[2,5] / pooled_shape=2,2 spatial_scale=0.5 / y
        NonMaxSuppression b=f[1,6,4] s=f[1,2,6] k=l[]!3 i=f[]!0.5 t=f[]!0 / center_point_box=1 / y
        DFT x=f[1,8,1] - a=l[]!1 / onesided=1 / y
        DFT x=f[1,8,2] l=l[] / / y
        STFT x=f[1,16,1] s=l[]!4 w=f[8]! l=l[]!8 / / y
        HannWindow n=l[] / periodic=1 / y
        MelWeightMatrix a=l[]!4 b=l[]!16 c=l[]!8000 d=f[]!0 e=f[]!4000 / / y
        LSTM x=f[3,2,4] w=f[1,12,4]! r=f[1,12,3]! b=f[1,24]! l=i[2]!3,2 h=f[1,2,3] c=f[1,2,3] / hidden_size=3 / y h2 c2
        LSTM x=f[N,1,4] w=f[2,12,4]! r=f[2,12,3]! / hidden_size=3 direction=bidirectional clip=3.5 / y
        GRU x=f[3,2,4] w=f[1,9,4]! r=f[1,9,3]! b=f[1,18]! / hidden_size=3 linear_before_reset=1 direction=reverse / y h
        RNN x=f[2,3,4] w=f[1,3,4]! r=f[1,3,3]! / hidden_size=3 layout=1 activations=Relu, / y h
        StringConcat x=S[3] y=S[1]! / / z
        StringSplit x=S[2] / delimiter=- maxsplit=2 / y n
        StringNormalizer x=S[3] / case_change_action=UPPER stopwords=a,b / y
        RegexFullMatch x=S[3] / pattern='(a|b)+c?[0-9]{1,3} / y
        TfIdfVectorizer x=l[8] / mode=TF min_gram_length=1 max_gram_length=2 max_skip_count=1 ngram_counts=0,3 ngram_indexes=0,1,2,3 pool_int64s=1,2,3,1,2 / y
        Attention q=f[1,2,3,4] k=f[1,2,3,4] v=f[1,2,3,4] / is_causal=1 / y
        RotaryEmbedding x=f[1,2,3,4] c=f[8,2]! s=f[8,2]! p=l[1,3] / / y
        RMSNormalization x=f[2,3,4] s=f[4]! / axis=-1 / y
        Det x=f[2,3,3] / / y
        ai.onnx.ml:Scaler x=f[2,3] / offset=0.5,1.0,2.0 scale=1.5,2.5,3.5 / y
        ai.onnx.ml:Normalizer x=f[2,3] / norm=L2 / y
        ai.onnx.ml:Imputer x=f[2,3] / imputed_value_floats=1.5,2.5,3.5 replaced_value_float=0.5 / y
        ai.onnx.ml:Binarizer x=f[2,3] / threshold=0.5 / y
        ai.onnx.ml:LinearClassifier x=f[2,3] / coefficients=0.5,1.5,2.5,0.5,1.5,2.5 intercepts=0.5,1.5 classlabels_ints=0,1 post_transform=SOFTMAX / l s
        ai.onnx.ml:LinearRegressor x=f[2,3] / coefficients=0.5,1.5,2.5 intercepts=0.5, targets=1 / y
        ai.onnx.ml:OneHotEncoder x=l[2,3] / cats_int64s=0,1,2 zeros=1 / y
        ai.onnx.ml:LabelEncoder x=l[4] / keys_int64s=0,1,2 values_strings=a,b,c default_string=z / y
        ai.onnx.ml:LabelEncoder x=S[3] / keys_strings=a,b values_floats=0.5,1.5 / y
        ai.onnx.ml:ArrayFeatureExtractor x=f[2,4] i=l[2]!1,3 / / y
        ai.onnx.ml:FeatureVectorizer x=f[2,3] y=f[2,2] / inputdimensions=3,2 / z
        ai.onnx.ml:CategoryMapper x=S[3] / cats_strings=a,b cats_int64s=1,2 / y
        ai.onnx.ml:TreeEnsembleRegressor x=f[2,3] / n_targets=1 nodes_treeids=0,0,0 nodes_nodeids=0,1,2 nodes_featureids=1,0,0 nodes_modes=BRANCH_LEQ,LEAF,LEAF nodes_values=0.5,0.0,0.0 nodes_truenodeids=1,0,0 nodes_falsenodeids=2,0,0 target_treeids=0,0 target_nodeids=1,2 target_ids=0,0 target_weights=1.5,2.5 / y
        ai.onnx.ml:TreeEnsembleClassifier x=f[2,3] / classlabels_int64s=0,1 nodes_treeids=0,0,0 nodes_nodeids=0,1,2 nodes_featureids=1,0,0 nodes_modes=BRANCH_LT,LEAF,LEAF nodes_values=0.5,0.0,0.0 nodes_truenodeids=1,0,0 nodes_falsenodeids=2,0,0 class_treeids=0,0 class_nodeids=1,2 class_ids=0,1 class_weights=1.5,2.5 post_transform=NONE / l s
        ai.onnx.ml:SVMRegressor x=f[2,3] / kernel_type=RBF kernel_params=0.5,0.0,3.0 n_supports=2 support_vectors=0.5,1.5,2.5,1.0,2.0,3.5 coefficients=0.5,1.5 rho=0.5, / y
        ai.onnx.ml:SVMClassifier x=f[2,3] / kernel_type=LINEAR kernel_params=0.5,0.0,3.0 vectors_per_class=1,1 support_vectors=0.5,1.5,2.5,1.0,2.0,3.5 coefficients=0.5,1.5 rho=0.5, classlabels_ints=0,1 / l s
        com.microsoft:FusedMatMul x=f[2,3,4] y=f[2,5,4] / transB=1 alpha=0.5 / z
        com.microsoft:BiasGelu x=f[2,8] b=f[8]! / / y
        com.microsoft:FastGelu x=f[2,8] b=f[8]! / / y
        com.microsoft:SkipLayerNormalization x=f[2,3,4] s=f[2,3,4] g=f[4]! b=f[4]! / epsilon=0.001 / y
        com.microsoft:Attention x=f[1,3,4] w=f[4,12]! b=f[12]! m=i[1] / num_heads=2 / y
        com.microsoft:MultiHeadAttention q=f[1,3,4] k=f[1,3,4] v=f[1,3,4] / num_heads=2 / y
        com.microsoft:QLinearAdd x=u[4] a=f[]!0.5 b=u[]!1 y=u[4] c=f[]!0.5 d=u[]!1 e=f[]!1 g=u[]!2 / / z
        """;

    public static IReadOnlyList<Seed> All { get; } = [.. Build()];

    private static IEnumerable<Seed> Build()
    {
        foreach (string line in Nodes.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int opset = line.StartsWith("Attention", StringComparison.Ordinal) || line.StartsWith("Rotary", StringComparison.Ordinal) || line.StartsWith("RMS", StringComparison.Ordinal) ? 23 : Opset;
            yield return Seed("built/" + line[..line.IndexOf(' ')], OneNode.Parse(line, opset));
        }

        foreach (var (name, model) in BuiltGraphs.All(Opset)) yield return Seed("built/" + name, model);
    }

    private static Seed Seed(string name, ModelProto model)
    {
        using var bytes = new MemoryStream();
        OnnxWriter.Write(model, bytes);
        return new Seed(name, bytes.ToArray());
    }
}
