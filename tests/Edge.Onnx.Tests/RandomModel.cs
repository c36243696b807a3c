using CsCheck;

namespace Edge.Onnx.Tests;

/// <summary>
/// Models of every message and field, unknown ones included, with the values at which encodings change length. They are
/// sound as wire format, not as graphs. The size that CsCheck shrinks by is the number of choices that were made.
/// </summary>
internal sealed class RandomModel : Gen<ModelProto>
{
    public override ModelProto Generate(PCG pcg, Size? min, out Size size)
    {
        Draw draw = new(pcg);
        ModelProto model = draw.Model();
        size = new Size(draw.Choices);
        return model;
    }

    private sealed class Draw(PCG pcg)
    {
        private const int MaxDepth = 12;

        private int _depth;

        public ulong Choices { get; private set; }

        public ModelProto Model()
        {
            ModelProto model = new() { Graph = Graph() };
            if (Coin()) model.IrVersion = Int64();
            if (Coin()) model.ProducerName = Text();
            if (Coin()) model.ProducerVersion = Text();
            if (Coin()) model.Domain = Text();
            if (Coin()) model.ModelVersion = Int64();
            if (Coin()) model.DocString = Text();
            model.OpsetImports = List(Opset);
            model.MetadataProps = List(Entry);
            model.TrainingInfos = List(Training);
            model.Functions = List(Function);
            model.Configurations = List(Configuration);
            return WithUnknown(model);
        }

        private GraphProto Graph()
        {
            GraphProto graph = new();
            if (Coin()) graph.Name = Text();
            if (Coin()) graph.DocString = Text();
            graph.Nodes = List(Node);
            graph.Initializers = List(Tensor);
            graph.Inputs = List(ValueInfo);
            graph.Outputs = List(ValueInfo);
            graph.ValueInfos = List(ValueInfo);
            graph.QuantizationAnnotations = List(Annotation);
            graph.SparseInitializers = List(Sparse);
            graph.MetadataProps = List(Entry);
            return WithUnknown(graph);
        }

        private NodeProto Node()
        {
            NodeProto node = new() { Inputs = List(Text), Outputs = List(Text), Attributes = List(Attribute) };
            if (Coin()) node.Name = Text();
            if (Coin()) node.OpType = Text();
            if (Coin()) node.DocString = Text();
            if (Coin()) node.Domain = Text();
            if (Coin()) node.Overload = Text();
            node.MetadataProps = List(Entry);
            node.DeviceConfigurations = List(NodeConfiguration);
            return WithUnknown(node);
        }

        private AttributeProto Attribute()
        {
            AttributeProto attribute = new();
            if (Coin()) attribute.Name = Text();
            if (Coin()) attribute.F = Float();
            if (Coin()) attribute.I = Int64();
            if (Coin()) attribute.S = Bytes();
            if (Coin()) attribute.DocString = Text();
            if (Coin()) attribute.Type = (AttributeType)Below(16);
            if (Coin()) attribute.RefAttrName = Text();
            attribute.T = Maybe(Tensor);
            attribute.G = Maybe(Graph);
            attribute.TypeValue = Maybe(Type);
            attribute.SparseTensor = Maybe(Sparse);
            attribute.Floats = List(Float);
            attribute.Ints = List(Int64);
            attribute.Strings = List(Bytes);
            attribute.Tensors = List(Tensor);
            attribute.Graphs = List(Graph);
            attribute.TypeValues = List(Type);
            attribute.SparseTensors = List(Sparse);
            return WithUnknown(attribute);
        }

        private TensorProto Tensor()
        {
            TensorProto tensor = new() { Dims = List(Int64) };
            if (Coin()) tensor.DataType = (int)Int64();
            if (Coin()) tensor.Name = Text();
            if (Coin()) tensor.RawData = Bytes();
            if (Coin()) tensor.DocString = Text();
            if (Coin()) tensor.DataLocation = (DataLocation)Below(3);
            tensor.Segment = Maybe(Segment);
            tensor.FloatData = List(Float);
            tensor.Int32Data = List(() => (int)Int64());
            tensor.StringData = List(Bytes);
            tensor.Int64Data = List(Int64);
            tensor.DoubleData = List(() => BitConverter.Int64BitsToDouble(Int64()));
            tensor.UInt64Data = List(() => (ulong)Int64());
            tensor.ExternalData = List(Entry);
            tensor.MetadataProps = List(Entry);
            return WithUnknown(tensor);
        }

        private TensorSegmentProto Segment()
        {
            TensorSegmentProto segment = new();
            if (Coin()) segment.Begin = Int64();
            if (Coin()) segment.End = Int64();
            return WithUnknown(segment);
        }

        private SparseTensorProto Sparse() =>
            WithUnknown(new SparseTensorProto { Values = Maybe(Tensor), Indices = Maybe(Tensor), Dims = List(Int64) });

        private ValueInfoProto ValueInfo()
        {
            ValueInfoProto value = new() { Type = Maybe(Type), MetadataProps = List(Entry) };
            if (Coin()) value.Name = Text();
            if (Coin()) value.DocString = Text();
            return WithUnknown(value);
        }

        private TypeProto Type()
        {
            TypeProto type = new();
            switch (Below(7))
            {
                case 0: type.Tensor = TensorType(); break;
                case 1: type.Sequence = WithUnknown(new SequenceTypeProto { ElemType = Maybe(Type) }); break;
                case 2: type.Map = MapType(); break;
                case 3: type.Opaque = OpaqueType(); break;
                case 4: type.SparseTensor = SparseTensorType(); break;
                case 5: type.Optional = WithUnknown(new OptionalTypeProto { ElemType = Maybe(Type) }); break;
                default: break;
            }
            if (Coin()) type.Denotation = Text();
            return WithUnknown(type);
        }

        private TensorTypeProto TensorType()
        {
            TensorTypeProto type = new() { Shape = Maybe(Shape) };
            if (Coin()) type.ElemType = Below(30);
            return WithUnknown(type);
        }

        private SparseTensorTypeProto SparseTensorType()
        {
            SparseTensorTypeProto type = new() { Shape = Maybe(Shape) };
            if (Coin()) type.ElemType = Below(30);
            return WithUnknown(type);
        }

        private MapTypeProto MapType()
        {
            MapTypeProto type = new() { ValueType = Maybe(Type) };
            if (Coin()) type.KeyType = Below(30);
            return WithUnknown(type);
        }

        private OpaqueTypeProto OpaqueType()
        {
            OpaqueTypeProto type = new();
            if (Coin()) type.Domain = Text();
            if (Coin()) type.Name = Text();
            return WithUnknown(type);
        }

        private TensorShapeProto Shape() => WithUnknown(new TensorShapeProto { Dims = List(Dimension) });

        private DimensionProto Dimension()
        {
            DimensionProto dimension = new();
            if (Coin()) dimension.Value = Int64();
            if (Coin()) dimension.Param = Text();
            if (Coin()) dimension.Denotation = Text();
            return WithUnknown(dimension);
        }

        private OperatorSetIdProto Opset()
        {
            OperatorSetIdProto opset = new();
            if (Coin()) opset.Domain = Text();
            if (Coin()) opset.Version = Int64();
            return WithUnknown(opset);
        }

        private StringStringEntryProto Entry()
        {
            StringStringEntryProto entry = new();
            if (Coin()) entry.Key = Text();
            if (Coin()) entry.Value = Text();
            return WithUnknown(entry);
        }

        private TensorAnnotation Annotation()
        {
            TensorAnnotation annotation = new() { QuantParameterTensorNames = List(Entry) };
            if (Coin()) annotation.TensorName = Text();
            return WithUnknown(annotation);
        }

        private FunctionProto Function()
        {
            FunctionProto function = new()
            {
                Inputs = List(Text),
                Outputs = List(Text),
                Attributes = List(Text),
                Nodes = List(Node),
                OpsetImports = List(Opset),
                AttributeProtos = List(Attribute),
                ValueInfos = List(ValueInfo),
                MetadataProps = List(Entry),
            };
            if (Coin()) function.Name = Text();
            if (Coin()) function.DocString = Text();
            if (Coin()) function.Domain = Text();
            if (Coin()) function.Overload = Text();
            return WithUnknown(function);
        }

        private TrainingInfoProto Training() => WithUnknown(new TrainingInfoProto
        {
            Initialization = Maybe(Graph),
            Algorithm = Maybe(Graph),
            InitializationBindings = List(Entry),
            UpdateBindings = List(Entry),
        });

        private DeviceConfigurationProto Configuration()
        {
            DeviceConfigurationProto configuration = new() { Devices = List(Text) };
            if (Coin()) configuration.Name = Text();
            if (Coin()) configuration.NumDevices = (int)Int64();
            return WithUnknown(configuration);
        }

        private NodeDeviceConfigurationProto NodeConfiguration()
        {
            NodeDeviceConfigurationProto configuration = new() { ShardingSpecs = List(ShardingSpec) };
            if (Coin()) configuration.ConfigurationId = Text();
            if (Coin()) configuration.PipelineStage = (int)Int64();
            return WithUnknown(configuration);
        }

        private ShardingSpecProto ShardingSpec()
        {
            ShardingSpecProto spec = new() { Devices = List(Int64), DeviceGroups = List(DeviceGroup), ShardedDims = List(ShardedDim) };
            if (Coin()) spec.TensorName = Text();
            return WithUnknown(spec);
        }

        private IntIntListEntryProto DeviceGroup()
        {
            IntIntListEntryProto entry = new() { Values = List(Int64) };
            if (Coin()) entry.Key = Int64();
            return WithUnknown(entry);
        }

        private ShardedDimProto ShardedDim()
        {
            ShardedDimProto dim = new() { SimpleShardings = List(SimpleSharding) };
            if (Coin()) dim.Axis = Int64();
            return WithUnknown(dim);
        }

        private SimpleShardedDimProto SimpleSharding()
        {
            SimpleShardedDimProto dim = new();
            if (Coin()) dim.DimValue = Int64();
            if (Coin()) dim.DimParam = Text();
            if (Coin()) dim.NumShards = Int64();
            return WithUnknown(dim);
        }

        private T WithUnknown<T>(T message) where T : OnnxMessage
        {
            if (Below(8) != 0) return message;
            WireBytes unknown = new WireBytes().Int(60 + Below(1000), Int64());
            if (Coin()) unknown.Bytes(70, Bytes().Span);
            if (Coin()) unknown.Float(71, 1f);
            if (Coin()) unknown.Tag(72, 3).Int(1, Int64()).Tag(72, 4);
            message.UnknownFields.Add(unknown.ToArray());
            return message;
        }

        private int Below(uint end)
        {
            Choices++;
            return (int)pcg.Next(end);
        }

        private bool Coin() => Below(2) == 1;

        /// <summary>Absent more often the deeper it would be, so that models stay small.</summary>
        private T? Maybe<T>(Func<T> make) where T : class
        {
            if (_depth >= MaxDepth || Below(3 + (uint)_depth) != 0) return null;
            _depth++;
            T made = make();
            _depth--;
            return made;
        }

        private List<T> List<T>(Func<T> make)
        {
            List<T> list = [];
            if (_depth >= MaxDepth || Below(2 + (uint)_depth) != 0) return list;
            _depth++;
            for (int left = 1 + Below(3); left > 0; left--) list.Add(make());
            _depth--;
            return list;
        }

        private long Int64() => Below(6) switch
        {
            0 => 0,
            1 => Below(300),
            2 => -1 - Below(300),
            3 => long.MinValue,
            4 => (long)pcg.Next64(),
            _ => 1L << Below(63),
        };

        private float Float() => BitConverter.Int32BitsToSingle((int)pcg.Next());

        private string Text() => Below(5) switch
        {
            0 => "",
            1 => "größe/ключ 漢字 \U0001F600\0",
            2 => new string('n', 120 + Below(20)),
            _ => $"name{Below(100)}",
        };

        private ReadOnlyMemory<byte> Bytes()
        {
            byte[] bytes = new byte[Below(4) == 0 ? 0 : Below(200)];
            for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)pcg.Next();
            return bytes;
        }
    }
}
