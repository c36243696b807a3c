using System.Runtime.Intrinsics;

namespace Edge.Kernels.Generic;

internal static unsafe class Int32Row
{
    /// <summary><c>(float)p[i] · scale[i]</c>, in place.</summary>
    public static void ToFloat32(int* p, float* scale, int count)
    {
        int i = 0;
        for (; i + Vector128<int>.Count <= count; i += Vector128<int>.Count)
            (Vector128.ConvertToSingle(Vector128.Load(p + i)) * Vector128.Load(scale + i)).Store((float*)p + i);
        for (; i < count; i++) ((float*)p)[i] = (float)p[i] * scale[i];
    }
}
