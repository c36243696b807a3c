using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Generic.WeightOnly;

/// <summary>Makes float32 weights of codes, the same bits that DequantizeLinear gives: <c>(code − zero point) · scale</c>.</summary>
internal static unsafe class WeightOnlyDecoder<V, TCodes>
    where V : unmanaged, IVectorF32<V>
    where TCodes : IWeightCodes<V>
{
    [MethodImpl(Compile.Alone)]
    public static void Run(WeightOnlyDecoding* t)
    {
        int header = t->Vectors * V.Count * (sizeof(float) + (t->ZeroPoints == ZeroPointKind.None ? 0 : t->ZeroPoints == ZeroPointKind.Bytes ? 1 : sizeof(float)));
        int group = t->Vectors * TCodes.GroupBytes, at = t->From, end = t->From + t->Count, vector = t->Vector;
        nint blockBytes = header + (nint)(t->BlockSize / WeightOnlyLayout.Group) * group;
        float* to = t->To;
        while (at < end)
        {
            (int block, int within) = Math.DivRem(at, t->BlockSize);
            // All blocks but the last are whole.
            byte* scales = t->Panel + block * blockBytes, zeros = scales + t->Vectors * V.Count * sizeof(float);
            byte* p = scales + header + (nint)(within / WeightOnlyLayout.Group) * group;
            int stop = Math.Min(end, at - within + t->BlockSize);
            V scale = V.Load((float*)scales + vector * V.Count);
            V zero = t->ZeroPoints == ZeroPointKind.None ? default : t->ZeroPoints == ZeroPointKind.Bytes ? V.LoadS8((sbyte*)zeros + vector * V.Count) : V.Load((float*)zeros + vector * V.Count);
            for (; at < stop; at += WeightOnlyLayout.Group, p += group)
            {
                V codes = TCodes.Begin(p + vector * TCodes.GroupBytes);
                nint step = t->ToStep;
                if (stop - at < WeightOnlyLayout.Group)
                {
                    for (int row = 0; row < stop - at; row++, to += step)
                    {
                        Put(TCodes.Row(codes, p, vector, t->Vectors, row), zero, scale, to);
                        codes = TCodes.Next(codes);
                    }

                    continue;
                }

                // Written out: the loop takes as long as what is in it.
                for (int row = 0; row < WeightOnlyLayout.Group; row += 4, to += 4 * step)
                {
                    Put(TCodes.Row(codes, p, vector, t->Vectors, row), zero, scale, to);
                    codes = TCodes.Next(codes);
                    Put(TCodes.Row(codes, p, vector, t->Vectors, row + 1), zero, scale, to + step);
                    codes = TCodes.Next(codes);
                    Put(TCodes.Row(codes, p, vector, t->Vectors, row + 2), zero, scale, to + 2 * step);
                    codes = TCodes.Next(codes);
                    Put(TCodes.Row(codes, p, vector, t->Vectors, row + 3), zero, scale, to + 3 * step);
                    codes = TCodes.Next(codes);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(V code, V zero, V scale, float* to) => ((code - zero) * scale).Store(to);
}
