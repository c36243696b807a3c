using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Emit;

/// <summary>Where emitted code finds the members of <see cref="TileArguments"/>.</summary>
internal static unsafe class TileOffsets
{
    public static readonly int Rows, Taps, Start, End, Panel, Init, InitStride, Y, YStride, Scale, Low, High, ZeroPoint;
    public static readonly int RowStride, FurtherTiles, Residual, WordZero, ByteLow, ByteHigh, ByteFlip, ColumnMask, Ahead, AheadStep, RowTerms, ColumnFactors, Streams;

    static TileOffsets()
    {
        TileArguments t;
        byte* origin = (byte*)&t;
        Rows = (int)((byte*)&t.Rows - origin);
        Taps = (int)((byte*)&t.Taps - origin);
        Start = (int)((byte*)&t.Start - origin);
        End = (int)((byte*)&t.End - origin);
        Panel = (int)((byte*)&t.Panel - origin);
        Init = (int)((byte*)&t.Init - origin);
        InitStride = (int)((byte*)&t.InitStride - origin);
        Y = (int)((byte*)&t.Y - origin);
        YStride = (int)((byte*)&t.YStride - origin);
        Scale = (int)((byte*)&t.Scale - origin);
        Low = (int)((byte*)&t.Low - origin);
        High = (int)((byte*)&t.High - origin);
        ZeroPoint = (int)((byte*)&t.ZeroPoint - origin);
        RowStride = (int)((byte*)&t.RowStride - origin);
        FurtherTiles = (int)((byte*)&t.FurtherTiles - origin);
        Residual = (int)((byte*)&t.Residual - origin);
        WordZero = (int)((byte*)&t.WordZero - origin);
        ByteLow = (int)((byte*)&t.ByteLow - origin);
        ByteHigh = (int)((byte*)&t.ByteHigh - origin);
        ByteFlip = (int)((byte*)&t.ByteFlip - origin);
        ColumnMask = (int)((byte*)&t.ColumnMask - origin);
        Ahead = (int)((byte*)&t.Ahead - origin);
        RowTerms = (int)((byte*)&t.RowTerms - origin);
        ColumnFactors = (int)((byte*)&t.ColumnFactors - origin);
        Streams = (int)((byte*)&t.Streams - origin);
        AheadStep = (int)((byte*)&t.AheadStep - origin);
    }
}
