using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic;

/// <summary>Walks the output pixels of a convolution in order, knowing where the window of each begins in the input.</summary>
internal struct PixelCursor
{
    private readonly ConvGeometry _geometry;
    private int _row;
    private int _column;

    /// <param name="geometry">The convolution.</param>
    /// <param name="pixel">Index of the first output pixel over all images.</param>
    public PixelCursor(in ConvGeometry geometry, nint pixel)
    {
        _geometry = geometry;
        (nint line, nint column) = Math.DivRem(pixel, geometry.OutWidth);
        (nint image, nint row) = Math.DivRem(line, geometry.OutHeight);
        Image = (int)image;
        _row = (int)row;
        _column = (int)column;
        Top = _row * geometry.StrideHeight - geometry.PadTop;
        Left = _column * geometry.StrideWidth - geometry.PadLeft;
    }

    /// <summary>Index of the image in the batch.</summary>
    public int Image { get; private set; }

    /// <summary>Input row of the window's first row; negative within the padding.</summary>
    public int Top { get; private set; }

    /// <summary>Input column of the window's first column; negative within the padding.</summary>
    public int Left { get; private set; }

    public void MoveNext()
    {
        Left += _geometry.StrideWidth;
        if (++_column < _geometry.OutWidth) return;
        _column = 0;
        Left = -_geometry.PadLeft;
        Top += _geometry.StrideHeight;
        if (++_row < _geometry.OutHeight) return;
        _row = 0;
        Top = -_geometry.PadTop;
        Image++;
    }
}
