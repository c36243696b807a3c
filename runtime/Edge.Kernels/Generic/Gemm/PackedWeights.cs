using System.Buffers;
using System.Numerics;
using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>Rearranges weights <c>[OutC, InC/group, kH, kW]</c> into panels; what lies outside the weights is zero.</summary>
internal static unsafe class PackedWeights
{
    /// <summary>Terms of each output channel that are packed before the next channel's: their lines stay in the cache.</summary>
    private const int BlockTerms = 32;

    /// <summary>To <c>[panels][taps][elements][columns]</c>.</summary>
    public static void Pack(in ConvLayout layout, ReadOnlySpan<float> weights, float* to)
    {
        if (layout.PackedBytes == 0) return;
        fixed (float* from = weights) PackPanels(layout, (uint*)from, 1, 1, 0u, (byte*)to);
    }

    /// <summary>To <c>[panels][taps][steps][columns][<see cref="ConvLayout.StepBytes"/>]</c>, <paramref name="flip"/> being added to each weight's bit pattern by exclusive or.</summary>
    public static void Pack(in ConvLayout layout, ReadOnlySpan<byte> weights, byte flip, byte* to)
    {
        if (layout.PackedBytes == 0) return;
        fixed (byte* from = weights)
        {
            // What stays together is moved together.
            bool whole = StepsAreWhole(layout, layout.StepBytes);
            if (whole && layout.StepBytes == sizeof(uint)) PackPanels(layout, (uint*)from, 1, sizeof(uint), flip * 0x01010101u, to);
            else if (whole && layout.StepBytes == sizeof(ulong)) PackPanels(layout, (ulong*)from, 1, sizeof(ulong), flip * 0x0101010101010101ul, to);
            else PackPanels(layout, from, layout.StepBytes, 1, flip, to);
        }
    }

    /// <summary>To <c>[panels][taps][steps][columns][2]</c>.</summary>
    public static void Pack(in ConvLayout layout, ReadOnlySpan<short> weights, short* to)
    {
        if (layout.PackedBytes == 0) return;
        fixed (short* from = weights)
        {
            if (StepsAreWhole(layout, 2)) PackPanels(layout, (uint*)from, 1, 2, 0u, (byte*)to);
            else PackPanels(layout, from, 2, 1, (short)0, (byte*)to);
        }
    }

    /// <summary>Where each weight of the first of <paramref name="columns"/> columns goes, in elements, <paramref name="perStep"/> of them a step.</summary>
    public static int[] Places(in ConvLayout layout, int perStep, int columns)
    {
        var places = new int[Terms(layout)];
        Places(layout, perStep, columns, places);
        return places;
    }

    /// <summary>Weights of an output channel.</summary>
    private static int Terms(in ConvLayout layout) => checked(layout.Geometry.InChannelsPerGroup * layout.Geometry.KernelHeight * layout.Geometry.KernelWidth);

    private static void Places(in ConvLayout layout, int perStep, int columns, Span<int> places)
    {
        ConvGeometry g = layout.Geometry;
        for (int c = 0, i = 0; c < g.InChannelsPerGroup; c++)
            for (int ky = 0; ky < g.KernelHeight; ky++)
                for (int kx = 0; kx < g.KernelWidth; kx++)
                {
                    (int tap, int element) = layout.Place(c, ky, kx);
                    (int step, int within) = Math.DivRem(element, perStep);
                    places[i++] = checked((tap * layout.TapSteps + step) * columns * perStep + within);
                }
    }

    /// <summary>Whether the weights of each step follow each other in the model, too, as those of 1×1 convolutions do.</summary>
    private static bool StepsAreWhole(in ConvLayout layout, int perStep)
    {
        int terms = Terms(layout);
        if (terms % perStep != 0) return false;
        int[] rented = ArrayPool<int>.Shared.Rent(terms);
        Span<int> places = rented.AsSpan(0, terms);
        Places(layout, perStep, 1, places);
        bool whole = true;
        for (int i = 0; i < terms && whole; i++) whole = places[i] == places[i / perStep * perStep] + i % perStep && places[i / perStep * perStep] % perStep == 0;
        ArrayPool<int>.Shared.Return(rented);
        return whole;
    }

    /// <param name="layout">Of the panels.</param>
    /// <param name="weights">Of the model.</param>
    /// <param name="perStep">How many <typeparamref name="T"/> a column has of a step.</param>
    /// <param name="perWord">How many weights a <typeparamref name="T"/> is.</param>
    /// <param name="flip">Added to each by exclusive or.</param>
    /// <param name="to">The panels.</param>
    private static void PackPanels<T>(in ConvLayout layout, T* weights, int perStep, int perWord, T flip, byte* to) where T : unmanaged, IBinaryInteger<T>
    {
        int columns = layout.Columns;
        int[] places = WordPlaces(layout, perStep, perWord, columns);
        for (int panel = 0; panel < layout.Panels; panel++)
        {
            if (layout.PanelColumns(panel) != columns) places = WordPlaces(layout, perStep, perWord, columns = layout.PanelColumns(panel));
            (int group, int inGroup) = Math.DivRem(panel, layout.PanelsPerGroup);
            int first = inGroup * layout.Columns;
            T* from = weights + ((nint)group * layout.Geometry.OutChannelsPerGroup + first) * places.Length;
            PackPanel(from, places, perStep, Math.Min(columns, layout.Geometry.OutChannelsPerGroup - first), flip, (T*)(to + layout.PanelOffset(panel)));
        }
    }

    private static int[] WordPlaces(in ConvLayout layout, int perStep, int perWord, int columns)
    {
        if (perWord == 1) return Places(layout, perStep, columns);
        int terms = Terms(layout);
        int[] places = ArrayPool<int>.Shared.Rent(terms);
        Places(layout, perStep * perWord, columns, places);
        var words = new int[terms / perWord];
        for (int i = 0; i < words.Length; i++) words[i] = places[i * perWord] / perWord;
        ArrayPool<int>.Shared.Return(places);
        return words;
    }

    private static void PackPanel<T>(T* from, int[] places, int perStep, int columns, T flip, T* to) where T : unmanaged, IBinaryInteger<T>
    {
        nint terms = places.Length;
        fixed (int* place = places)
            for (nint block = 0; block < terms; block += BlockTerms)
            {
                nint end = Math.Min(block + BlockTerms, terms);
                for (int column = 0; column < columns; column++)
                {
                    T* row = from + column * terms, at = to + column * perStep;
                    for (nint i = block; i < end; i++) at[place[i]] = row[i] ^ flip;
                }
            }
    }

    /// <summary>Index of output channel <paramref name="oc"/> among columns of all panels: where its bias and scale lie.</summary>
    public static nint Slot(in ConvLayout layout, int oc) => (nint)Panel(layout, oc, out int column) * layout.Columns + column;

    /// <summary>The panel that output channel <paramref name="oc"/> belongs to, and its column there.</summary>
    private static int Panel(in ConvLayout layout, int oc, out int column)
    {
        (int group, int c) = Math.DivRem(oc, layout.Geometry.OutChannelsPerGroup);
        (int panel, column) = Math.DivRem(c, layout.Columns);
        return group * layout.PanelsPerGroup + panel;
    }
}
