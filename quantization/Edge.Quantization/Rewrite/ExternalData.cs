using Edge.Onnx;

namespace Edge.Quantization.Rewrite;

/// <summary>Tensors whose elements lie in files beside the model.</summary>
internal static class ExternalData
{
    /// <summary>
    /// Takes them into the model, wherever it has them: among the constants of the graph and of bodies of nodes, in attributes, in
    /// functions. They stay views of the mapped files.
    /// </summary>
    /// <returns>Whether there were any.</returns>
    /// <exception cref="ModelException">A file is not there or does not fit its tensor; the message names both.</exception>
    public static bool TakeIn(OnnxFile file)
    {
        TensorProto[] external = [.. Tensors(file.Model).Where(t => t.DataLocation == DataLocation.External)];
        foreach (TensorProto tensor in external)
        {
            tensor.RawData = file.GetBytes(tensor);
            tensor.ExternalData.Clear();
            tensor.DataLocation = DataLocation.Default;
        }
        return external.Length > 0;
    }

    private static IEnumerable<TensorProto> Tensors(ModelProto model) =>
        (model.HasGraph ? Tensors(model.Graph) : []).Concat(model.Functions.SelectMany(f => Tensors(f.Nodes).Concat(f.AttributeProtos.SelectMany(Tensors))));

    private static IEnumerable<TensorProto> Tensors(GraphProto graph) =>
        [.. graph.Initializers, .. graph.SparseInitializers.SelectMany(Tensors), .. Tensors(graph.Nodes)];

    private static IEnumerable<TensorProto> Tensors(IEnumerable<NodeProto> nodes) => nodes.SelectMany(n => n.Attributes).SelectMany(Tensors);

    private static IEnumerable<TensorProto> Tensors(AttributeProto a)
    {
        IEnumerable<TensorProto> all = a.Tensors.Concat(a.SparseTensors.SelectMany(Tensors)).Concat(a.Graphs.SelectMany(Tensors));
        if (a.T is not null) all = all.Append(a.T);
        if (a.SparseTensor is not null) all = all.Concat(Tensors(a.SparseTensor));
        return a.G is null ? all : all.Concat(Tensors(a.G));
    }

    private static IEnumerable<TensorProto> Tensors(SparseTensorProto sparse) => new[] { sparse.Values, sparse.Indices }.OfType<TensorProto>();
}
