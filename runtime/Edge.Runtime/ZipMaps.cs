using Edge.Onnx;
using Edge.Runtime.Operators;

namespace Edge.Runtime;

/// <summary>
/// ZipMap at the end of a model: what scikit-learn's exporters put behind a classifier. Its sequence of maps, one a row from
/// class to score, is here the tensor of scores <c>[N, classes]</c>, and the classes are <see cref="TensorInfo.Columns"/>.
/// </summary>
public static class ZipMaps
{
    /// <summary>The columns of each output of the graph that a ZipMap writes.</summary>
    /// <exception cref="ModelException">A ZipMap's maps are used within the graph, or it has no labels.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Columns(GraphProto graph, string modelName)
    {
        var columns = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var node in graph.Nodes)
            if (IsZipMap(node) && node.Outputs is [var output]) columns[output] = Labels(node, modelName);
        foreach (var node in columns.Count > 0 ? graph.Nodes : [])
            if (node.Inputs.FirstOrDefault(columns.ContainsKey) is { } used)
                throw new ModelException($"{modelName}: {node.OpType} '{node.Name}' reads '{used}', the maps of a ZipMap; a ZipMap is supported at the end of a model only");
        return columns;
    }

    /// <summary>
    /// Lets each ZipMap's output be the tensor of scores, for engines that would return maps. Changes <paramref name="model"/>.
    /// </summary>
    /// <returns>What <see cref="Columns"/> says of the model as it was; empty if nothing was changed.</returns>
    /// <exception cref="ModelException">As for <see cref="Columns"/>.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Replace(ModelProto model, string modelName)
    {
        var columns = model.Graph is null ? new Dictionary<string, IReadOnlyList<string>>() : Columns(model.Graph, modelName);
        if (columns.Count == 0) return columns;
        foreach (var node in model.Graph!.Nodes.Where(IsZipMap))
        {
            (node.Domain, node.OpType) = ("", "Identity");
            node.Attributes.Clear();
        }

        foreach (var output in model.Graph.Outputs.Where(o => columns.ContainsKey(o.Name))) output.Type = TypeProto.OfTensor(ElementType.Float, -1, columns[output.Name].Count);
        if (model.OpsetImports.TrueForAll(o => o.Domain is not ("" or "ai.onnx"))) model.OpsetImports.Add(new OperatorSetIdProto { Version = 13 });
        return columns;
    }

    private static bool IsZipMap(NodeProto node) => node.OpType == "ZipMap" && node.Domain == OperatorCatalog.MachineLearning;

    private static string[] Labels(NodeProto node, string modelName)
    {
        foreach (var attribute in node.Attributes)
        {
            if (attribute is { Name: "classlabels_strings", Strings.Count: > 0 }) return [.. attribute.Strings.Select(s => Texts.Decode(s.Span, modelName))];
            if (attribute is { Name: "classlabels_int64s", Ints.Count: > 0 }) return [.. attribute.Ints.Select(i => i.ToString())];
        }

        throw new ModelException($"{modelName}: ZipMap '{node.Name}': one of classlabels_strings and classlabels_int64s is needed");
    }
}
