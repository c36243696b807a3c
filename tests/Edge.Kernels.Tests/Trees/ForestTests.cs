using Edge.Kernels.Elementwise;
using Edge.Kernels.Threading;
using Edge.Kernels.Trees;
using Xunit;

namespace Edge.Kernels.Tests.Trees;

public class ForestTests
{
    private static readonly TreeLeaves<float> s_two = new([0, 1, 2], [0, 1], [1, 2]);

    private static TreeBranch<float> Branch(TreeMode mode, int feature, float threshold, bool nan, int yes, int no) => new(mode, feature, threshold, nan, yes, no);

    [Fact]
    public void A_branch_of_float32_takes_sixteen_bytes_and_keeps_what_it_was_given()
    {
        Assert.Equal(16, System.Runtime.CompilerServices.Unsafe.SizeOf<TreeBranch<float>>());
        foreach (TreeMode mode in Enum.GetValues<TreeMode>())
            foreach (bool nan in (bool[])[true, false])
            {
                var b = Branch(mode, TreeBranch<float>.MaxFeatures - 1, -1.5f, nan, 7, ~3);
                Assert.Equal((mode, TreeBranch<float>.MaxFeatures - 1, -1.5f, nan, 7, ~3), (b.Mode, b.Feature, b.Threshold, b.NanHolds, b.Yes, b.No));
            }
        Assert.Throws<ArgumentOutOfRangeException>(() => Branch(TreeMode.Less, TreeBranch<float>.MaxFeatures, 0, false, ~0, ~0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Branch(TreeMode.Less, -1, 0, false, ~0, ~0));
    }

    [Theory]
    [InlineData(0, ~0)]
    [InlineData(1, ~0)]
    [InlineData(~0, ~2)]
    public void Children_that_do_not_come_later_or_do_not_exist_are_refused(int yes, int no) =>
        Assert.Throws<ArgumentException>(() => new Forest<float>([Branch(TreeMode.Less, 0, 0, false, yes, no)], [0], s_two, 2, TreeAggregate.Sum));

    [Fact]
    public void Roots_and_targets_that_do_not_exist_are_refused()
    {
        TreeBranch<float>[] one = [Branch(TreeMode.Less, 0, 0, false, ~0, ~1)];
        Assert.Throws<ArgumentException>(() => new Forest<float>(one, [1], s_two, 2, TreeAggregate.Sum));
        Assert.Throws<ArgumentException>(() => new Forest<float>(one, [0], s_two, 1, TreeAggregate.Sum));
        Assert.Throws<ArgumentException>(() => new Forest<float>(one, [0], new TreeLeaves<float>([0, 2, 1, 2], [0, 1], [1, 2]), 2, TreeAggregate.Sum));
    }

    [Theory]
    [InlineData(TreeMode.LessOrEqual, true, true, false, false)]
    [InlineData(TreeMode.Less, true, false, false, false)]
    [InlineData(TreeMode.GreaterOrEqual, false, true, true, false)]
    [InlineData(TreeMode.Greater, false, false, true, false)]
    [InlineData(TreeMode.Equal, false, true, false, false)]
    [InlineData(TreeMode.NotEqual, true, false, true, true)]
    public unsafe void A_branch_is_taken_where_the_comparison_holds(TreeMode mode, bool below, bool at, bool above, bool nan)
    {
        var forest = new Forest<float>([Branch(mode, 1, 2, false, ~0, ~1)], [0], s_two, 2, TreeAggregate.Sum);
        Assert.Equal(2, forest.FeatureCount);
        float* x = stackalloc float[] { 9, 1, 9, 2, 9, 3, 9, float.NaN };
        float* scores = stackalloc float[8];
        byte* given = stackalloc byte[8];
        byte* scratch = stackalloc byte[64];
        forest.Run(x, 4, 2, scores, given, scratch, WorkerPool.Inline);
        bool[] holds = [below, at, above, nan];
        for (int row = 0; row < 4; row++)
        {
            Assert.Equal((holds[row] ? 1f : 0, holds[row] ? 0 : 2f), (scores[2 * row], scores[2 * row + 1]));
            Assert.Equal((holds[row] ? 1 : 0, holds[row] ? 0 : 1), (given[2 * row], given[2 * row + 1]));
        }
    }

    [Theory]
    [InlineData(0.5f, 0)]
    [InlineData(0.975f, 1.96f)]
    [InlineData(0.025f, -1.96f)]
    public void Probit_is_the_quantile_of_the_normal_distribution(float p, float expected) => Assert.Equal(expected, ScoreFunctions.Probit(p), 5e-3f);
}
