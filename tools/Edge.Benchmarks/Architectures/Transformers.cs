using Edge.Onnx;

namespace Edge.Benchmarks.Architectures;

/// <summary>Encoders with attention.</summary>
internal static class Transformers
{
    /// <summary>ViT-Ti/16 (Touvron et al. 2021), as timm has it: normalisation first, queries, keys and values in one product.</summary>
    public static ModelProto VitTiny(int size = 224, int layers = 12)
    {
        const int Width = 192, Heads = 3, Patch = 16;
        var n = new NetworkBuilder(16);
        int patches = size / Patch * (size / Patch);
        string x = n.Conv(n.Input(1, 3, size, size), Width, Patch, Patch, pad: 0);
        x = n.Transpose(n.Reshape(x, 1, Width, patches), 0, 2, 1);
        x = n.Add(n.Concat(1, n.Weights(1, 1, 1, Width), x), n.Weights(0.1, 1, patches + 1, Width));
        for (int i = 0; i < layers; i++)
        {
            string[] parts = n.Split(n.Dense(n.LayerNorm(x), 3 * Width), 2, Width, Width, Width);
            x = n.Add(x, n.Dense(n.Attention(parts[0], parts[1], parts[2], Heads), Width, NetworkBuilder.BranchGain));
            x = n.Add(x, n.Dense(n.Gelu(n.Dense(n.LayerNorm(x), 4 * Width)), Width, NetworkBuilder.BranchGain));
        }
        string first = n.Op("Gather", [n.LayerNorm(x), n.Constant([0L])], [1, Width], NetworkBuilder.Axis(1));
        return n.Build(n.Gemm(first, 1000));
    }

    /// <summary>An encoder of the width of BERT-base (Devlin et al. 2018) or GPT-2: 28 million weights in four layers.</summary>
    public static ModelProto Wide(int tokens, int layers = 4)
    {
        const int Width = 768, Heads = 12;
        var n = new NetworkBuilder(17);
        string x = n.Input(1, tokens, Width);
        for (int i = 0; i < layers; i++)
        {
            string h = n.LayerNorm(x);
            x = n.Add(x, n.Dense(n.Attention(n.Dense(h, Width), n.Dense(h, Width), n.Dense(h, Width), Heads), Width, NetworkBuilder.BranchGain));
            x = n.Add(x, n.Dense(n.Gelu(n.Dense(n.LayerNorm(x), 4 * Width)), Width, NetworkBuilder.BranchGain));
        }
        return n.Build(x);
    }

    /// <summary>
    /// The shape of MobileBERT (Sun et al. 2020): bottlenecks, four small feed-forward networks a layer, rectifiers, and a product and a
    /// sum in place of normalisation.
    /// </summary>
    public static ModelProto MobileBert(int tokens = 128, int layers = 24)
    {
        const int Vocabulary = 30522, Embedding = 128, Width = 512, Inner = 128, Heads = 4;
        var n = new NetworkBuilder(17);
        string words = n.Op("Gather", [n.Weights(1, Vocabulary, Embedding), n.Input("input_ids", ElementType.Int64, 1, tokens)], [1, tokens, Embedding]);
        // Each token sees its neighbours' embeddings, too.
        string padded = n.Op("Pad", [words, n.Ints(0, 1, 0, 0, 1, 0)], [1, tokens + 2, Embedding]);
        string Part(int from) => n.Op("Slice", [padded, n.Ints(from), n.Ints(from + tokens), n.Ints(1)], [1, tokens, Embedding]);
        string x = n.Add(n.Dense(n.Concat(2, Part(0), Part(1), Part(2)), Width), n.Weights(0.1, 1, tokens, Width));
        for (int i = 0; i < layers; i++)
        {
            string bottleneck = NoNorm(n.Dense(x, Inner)), shared = NoNorm(n.Dense(x, Inner));
            string attended = n.Attention(n.Dense(shared, Inner), n.Dense(shared, Inner), n.Dense(x, Inner), Heads);
            string y = NoNorm(n.Add(n.Dense(attended, Inner, NetworkBuilder.BranchGain), bottleneck));
            for (int f = 0; f < 4; f++) y = NoNorm(n.Add(n.Dense(n.Relu(n.Dense(y, Width, Math.Sqrt(2))), Inner, NetworkBuilder.BranchGain), y));
            x = NoNorm(n.Add(n.Dense(y, Width, NetworkBuilder.BranchGain), x));
        }
        return n.Build(n.Dense(x, 2));

        string NoNorm(string v)
        {
            int width = n.Shape(v)[2];
            return n.Add(n.Mul(v, n.Constant([.. Enumerable.Repeat(0.97f, width)], width)), n.Weights(0.02, width));
        }
    }
}
