using Edge.Runtime.Operators.Cast;
using Edge.Runtime.Operators.Concat;
using Edge.Runtime.Operators.Constants;
using Edge.Runtime.Operators.Conv;
using Edge.Runtime.Operators.DepthToSpace;
using Edge.Runtime.Operators.Expand;
using Edge.Runtime.Operators.Gather;
using Edge.Runtime.Operators.Generate;
using Edge.Runtime.Operators.MatMul;
using Edge.Runtime.Operators.NonMaxSuppression;
using Edge.Runtime.Operators.Pad;
using Edge.Runtime.Operators.QLinearConv;
using Edge.Runtime.Operators.QLinearMatMul;
using Edge.Runtime.Operators.Reshape;
using Edge.Runtime.Operators.Resize;
using Edge.Runtime.Operators.Scatter;
using Edge.Runtime.Operators.Select;
using Edge.Runtime.Operators.Shapes;
using Edge.Runtime.Operators.Slice;
using Edge.Runtime.Operators.TopK;
using Edge.Runtime.Operators.Transpose;

namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>
    /// The newest version of the default operator set that was looked through (that of ONNX 1.22): the definitions of
    /// operators registered up to here have not changed since the ones that are implemented.
    /// </summary>
    public const int LatestOpset = 27;

    /// <summary>Convolutions, matrix products, and operators that move or choose elements.</summary>
    private static IEnumerable<Operator> CreateTensors() =>
    [
        new ConvOperator(), new ConvStripsOperator(), new ConvTransposeOperator(), new MatMulOperator(), new GemmOperator(),
        new FusedConvOperator(), new FusedGemmOperator(),
        new IntegerConvOperator("QLinearConv", "", IntegerConvInputs.QLinear),
        new IntegerConvOperator("ConvInteger", "", IntegerConvInputs.Integer),
        new IntegerConvOperator("QConvFloat", Internal, IntegerConvInputs.Float),
        new IntegerMatMulOperator("QLinearMatMul", IntegerMatMulInputs.QLinear),
        new IntegerMatMulOperator("MatMulInteger", IntegerMatMulInputs.Integer),
        new QGemmOperator(),
        new ConcatOperator(), new CompletionOperator(), new SplitOperator(), new SliceOperator(), new TransposeOperator(), new MoveOperator(), new ChannelShuffleOperator(),
        new ReshapeOperator(), new FlattenOperator(), new SqueezeOperator(), new UnsqueezeOperator(),
        new IdentityOperator(), new DropoutOperator(),
        new GatherOperator(), new GatherElementsOperator(), new GatherNDOperator(),
        new ShapeOperator(), new SizeOperator(), new ConstantOperator(), new ConstantOfShapeOperator(),
        new CastOperator(), new CastLikeOperator(), new BitCastOperator(), new ExpandOperator(), new TileOperator(),
        new ResizeOperator("Resize", 10, LatestOpset), new ResizeOperator("Upsample", 7, 9), new ResizedRowsOperator(),
        new ScatterElementsOperator("ScatterElements", 11, LatestOpset), new ScatterElementsOperator("Scatter", 9, 10), new ScatterNDOperator(),
        new RangeOperator(), new EyeLikeOperator(), new OneHotOperator(), new TriluOperator(), new CumulativeOperator("CumSum", 11, product: false), new CumulativeOperator("CumProd", 26, product: true),
        new NonZeroOperator(), new CompressOperator(), new TopKOperator(), new NonMaxSuppressionOperator(),
        new PadOperator(), new DepthToSpaceOperator(), new SpaceToDepthOperator(),
    ];
}
