using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;

namespace Edge.Runtime.Tests.Operators.MachineLearning;

/// <summary>Random trees as TreeEnsembleClassifier and TreeEnsembleRegressor list them.</summary>
internal sealed class TreeCase(Draw draw, int features, string[] modes, bool missing)
{
    private readonly List<long> _trees = [], _ids = [], _features = [], _yes = [], _no = [], _nan = [], _leafTrees = [], _leafIds = [], _targets = [];
    private readonly List<float> _values = [], _weights = [];
    private readonly List<string> _modes = [];

    /// <summary>Adds trees whose leaves give weights to one target each, or to all of them.</summary>
    public TreeCase Grow(int trees, int depth, long[] targets, bool toAll, float least, float most)
    {
        for (int tree = 0; tree < trees; tree++)
        {
            int next = 1;
            Node(tree, 0, depth);

            void Node(int of, long id, int left)
            {
                int at = _ids.Count;
                _trees.Add(of);
                _ids.Add(id);
                _features.Add(draw.Int(0, features - 1));
                _values.Add(draw.Int(-4, 4) * 0.5f);
                _nan.Add(missing ? draw.Int(0, 1) : 0);
                _yes.Add(0);
                _no.Add(0);
                if (left == 0 || draw.Int(0, 5) == 0)
                {
                    _modes.Add("LEAF");
                    foreach (long target in toAll ? targets : [targets[draw.Int(0, targets.Length - 1)]])
                    {
                        _leafTrees.Add(of);
                        _leafIds.Add(id);
                        _targets.Add(target);
                        _weights.Add(draw.Tensor(DataType.Float32, least, most, 1).AsSpan<float>()[0]);
                    }
                    return;
                }

                _modes.Add(modes[draw.Int(0, modes.Length - 1)]);
                _yes[at] = next++;
                _no[at] = next++;
                Node(of, _yes[at], left - 1);
                Node(of, _no[at], left - 1);
            }
        }

        return this;
    }

    public AttributeProto[] Attributes(string kind, bool asTensors = false)
    {
        AttributeProto Numbers(string name, List<float> values) => asTensors
            ? AttributeProto.Of($"{name}_as_tensor", OnnxGraphBuilder.Tensor<double>(name, values.Select(v => (double)v).ToArray(), values.Count))
            : AttributeProto.Of(name, (IEnumerable<float>)values);
        AttributeProto Longs(string name, List<long> values) => AttributeProto.Of(name, (IEnumerable<long>)values);
        return
        [
            Longs("nodes_treeids", _trees), Longs("nodes_nodeids", _ids), Longs("nodes_featureids", _features), Longs("nodes_truenodeids", _yes), Longs("nodes_falsenodeids", _no),
            Longs("nodes_missing_value_tracks_true", _nan), AttributeProto.Of("nodes_modes", (IEnumerable<string>)_modes), Numbers("nodes_values", _values),
            Longs($"{kind}_treeids", _leafTrees), Longs($"{kind}_nodeids", _leafIds), Longs($"{kind}_ids", _targets), Numbers($"{kind}_weights", _weights),
        ];
    }

    /// <summary>Features around the thresholds, some of them equal to one, some missing.</summary>
    public Tensor Rows(DataType type, int rows)
    {
        Tensor x = draw.Tensor(DataType.Int64, -5, 5, rows, features);
        Tensor y = Tensor.Create(type, x.Shape);
        for (int i = 0; i < x.Count; i++)
        {
            double v = x.AsSpan<long>()[i] * 0.5;
            if (missing && draw.Int(0, 4) == 0) v = double.NaN;
            if (type == DataType.Float32) y.AsSpan<float>()[i] = (float)v;
            else if (type == DataType.Float64) y.AsSpan<double>()[i] = v;
            else if (type == DataType.Int64) y.AsSpan<long>()[i] = x.AsSpan<long>()[i];
            else y.AsSpan<int>()[i] = (int)x.AsSpan<long>()[i];
        }

        return y;
    }
}
