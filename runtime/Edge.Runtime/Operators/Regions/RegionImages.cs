using Edge.Onnx;

namespace Edge.Runtime.Operators.Regions;

/// <summary>The picture that each region is of, which a run brings.</summary>
internal static unsafe class RegionImages
{
    /// <exception cref="ModelException">One is outside <c>[0, images)</c>.</exception>
    public static void Validate(string path, long* indices, int count, int images)
    {
        for (int i = 0; i < count; i++)
            if (indices[i] < 0 || indices[i] >= images) throw new ModelException($"{path}: region {i} is of picture {indices[i]}; there are {images}");
    }

    /// <summary>Fails unless input <paramref name="regions"/> is <c>[n, 4]</c> and input <paramref name="images"/> <c>[n]</c>.</summary>
    public static void Require(InferContext c, int regions, int images)
    {
        if (c.Shape(regions) is not { Rank: 2 } r || r[1] != 4) throw c.Error($"regions {c.Shape(regions)} must be [regions,4]");
        if (c.Shape(images) != new Tensors.Shape(r[0])) throw c.Error($"batch_indices {c.Shape(images)} must be [{r[0]}]");
    }
}
