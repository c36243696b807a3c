using System.Numerics.Tensors;

namespace Edge.Quantization.Rounding;

/// <summary>
/// The second moments of a group's input columns, <c>H = (1 − ρ)·S + ρ·tr(S)/K·I</c>, and their Cholesky factor. S is the
/// covariance where a bias takes the mean, else the plain second moments; the shrinkage ρ follows from the number of columns
/// (Chen et al. 2010, "Shrinkage algorithms for MMSE covariance estimation", OAS), so that few columns do not
/// suggest that errors in most directions cost nothing.
/// </summary>
internal sealed class SecondMoments
{
    /// <summary>Least shrinkage: keeps the factor well defined, as GPTQ's damping does (Frantar et al. 2022, section 3.3).</summary>
    private const double LeastShrinkage = 0.01;

    /// <summary>Rows of a block of the Cholesky factor.</summary>
    private const int Block = 64;

    private SecondMoments(int size)
    {
        Size = size;
        Matrix = NewMatrix(size);
        Factor = NewMatrix(size);
    }

    public int Size { get; }

    /// <summary>H, symmetric, by rows.</summary>
    public float[][] Matrix { get; }

    /// <summary>Lower triangular L with <c>H = L·Lᵀ</c>, by rows; null diagonal entries do not occur.</summary>
    public float[][] Factor { get; }

    /// <summary>Null where all columns are equal, so that only the bias matters.</summary>
    /// <param name="problem">The layer.</param>
    /// <param name="group">Group of its channels.</param>
    /// <param name="parallel">Whether to use all cores.</param>
    public static SecondMoments? Of(LayerProblem problem, int group, bool parallel)
    {
        int size = problem.Layer.Columns, count = problem.Shown.Length;
        if (count == 0) return null;
        float[][] x = Transposed(problem, group);
        if (problem.Layer.TakesBias)
            foreach (float[] row in x) TensorPrimitives.Subtract(row, (float)(Sum(row) / count), row);
        var moments = new SecondMoments(size);
        For(size, parallel, i =>
        {
            for (int j = 0; j <= i; j++) moments.Matrix[i][j] = TensorPrimitives.Dot<float>(x[i], x[j]) / count;
        });
        for (int i = 0; i < size; i++)
            for (int j = 0; j < i; j++) moments.Matrix[j][i] = moments.Matrix[i][j];
        if (!moments.Shrink(count)) return null;
        moments.Factorize(parallel);
        return moments;
    }

    private static float[][] Transposed(LayerProblem problem, int group)
    {
        var x = new float[problem.Layer.Columns][];
        for (int k = 0; k < x.Length; k++) x[k] = new float[problem.Shown.Length];
        for (int p = 0; p < problem.Shown.Length; p++)
        {
            ReadOnlySpan<float> column = problem.Column(problem.Shown[p], group);
            for (int k = 0; k < x.Length; k++) x[k][p] = column[k];
        }
        return x;
    }

    private static double Sum(float[] values)
    {
        double sum = 0;
        foreach (float v in values) sum += v;
        return sum;
    }

    private bool Shrink(int count)
    {
        double trace = 0, squares = 0;
        for (int i = 0; i < Size; i++)
        {
            trace += Matrix[i][i];
            squares += TensorPrimitives.SumOfSquares<float>(Matrix[i]);
        }
        if (!(trace > 0)) return false;
        double apart = squares - (trace * trace / Size);
        double rho = apart <= 0 ? 1 : (((1 - (2.0 / Size)) * squares) + (trace * trace)) / ((count + 1 - (2.0 / Size)) * apart);
        rho = Math.Clamp(rho, LeastShrinkage, 1);
        for (int i = 0; i < Size; i++)
        {
            TensorPrimitives.Multiply(Matrix[i], (float)(1 - rho), Matrix[i]);
            Matrix[i][i] += (float)(rho * trace / Size);
        }
        return true;
    }

    /// <summary>Left-looking, by blocks of rows: the rows below a block do not see each other.</summary>
    private void Factorize(bool parallel)
    {
        for (int from = 0; from < Size; from += Block)
        {
            int to = Math.Min(from + Block, Size);
            for (int i = from; i < to; i++) FactorizeRow(i, from, i + 1);
            For(Size - to, parallel, i => FactorizeRow(to + i, from, to));
        }
    }

    private void FactorizeRow(int i, int from, int to)
    {
        for (int j = from; j < to; j++)
        {
            double sum = Matrix[i][j] - (double)TensorPrimitives.Dot<float>(Factor[i].AsSpan(0, j), Factor[j].AsSpan(0, j));
            // Rounding may take the last pivots below what shrinkage guarantees.
            Factor[i][j] = i == j ? (float)Math.Sqrt(Math.Max(sum, 1e-6 * Matrix[i][i])) : (float)(sum / Factor[j][j]);
        }
    }

    private static void For(int count, bool parallel, Action<int> body)
    {
        if (parallel) Parallel.For(0, count, body);
        else for (int i = 0; i < count; i++) body(i);
    }

    private static float[][] NewMatrix(int size)
    {
        var rows = new float[size][];
        for (int i = 0; i < size; i++) rows[i] = new float[size];
        return rows;
    }
}
