namespace Edge.Quantization.Rewrite.Opset;

/// <summary>Operators whose attributes became inputs.</summary>
internal static class AttributeConversions
{
    /// <summary>An optional list attribute becomes an optional int64 input of the same meaning.</summary>
    public static void IntsToInput(OpsetConversion c, string attribute, int input)
    {
        if (c.Node.Ints(attribute) is not { } values) return;
        c.SetInput(input, attribute, values);
        c.Node.RemoveAttribute(attribute);
    }

    /// <summary>Clip-6: the defaults are the ends of float32, the same as no bound.</summary>
    public static void Clip(OpsetConversion c)
    {
        if (c.Node.Attribute("min") is { } min) c.SetInput(1, "min", min.F);
        if (c.Node.Attribute("max") is { } max) c.SetInput(2, "max", max.F);
        c.Node.RemoveAttribute("min");
        c.Node.RemoveAttribute("max");
    }

    public static void Pad(OpsetConversion c)
    {
        c.SetInput(1, "pads", c.Node.Ints("pads") ?? throw c.Error("attribute pads is missing"));
        if (c.Node.Text("mode", "constant") == "constant") c.SetInput(2, "value", c.Node.Float("value", 0));
        c.Node.RemoveAttribute("pads");
        c.Node.RemoveAttribute("value");
    }

    public static void Slice(OpsetConversion c)
    {
        long[] starts = c.Node.Ints("starts") ?? throw c.Error("attribute starts is missing");
        c.SetInput(1, "starts", starts);
        c.SetInput(2, "ends", c.Node.Ints("ends") ?? throw c.Error("attribute ends is missing"));
        if (c.Node.Ints("axes") is { } axes) c.SetInput(3, "axes", axes);
        foreach (string name in (string[])["starts", "ends", "axes"]) c.Node.RemoveAttribute(name);
    }

    public static void TopK(OpsetConversion c)
    {
        c.SetInput(1, "k", c.Node.Attribute("k")?.I ?? throw c.Error("attribute k is missing"));
        c.Node.RemoveAttribute("k");
    }

    /// <summary>From opset 18 on, equal parts are asked for by their number.</summary>
    public static void SplitEvenly(OpsetConversion c)
    {
        if (!c.Node.HasInput(1)) c.Node.Set("num_outputs", c.Node.Outputs.Count);
    }

    /// <summary>DFT-17: the axis is 1 where it is left out; from opset 20 on it is a scalar input with another default.</summary>
    public static void DftAxis(OpsetConversion c)
    {
        c.Node.SetInput(2, c.Graph.AddConstant(TensorValues.Scalar(c.Node.Outputs[0] + "_axis", c.Node.Int("axis", 1))));
        c.Node.RemoveAttribute("axis");
    }

    /// <summary>One whose mask is read (the others are removed before); at inference the ratio has no effect, but is kept.</summary>
    public static void Dropout(OpsetConversion c)
    {
        if (c.Node.Attribute("ratio") is { } ratio) c.SetInput(1, "ratio", ratio.F);
        c.Node.RemoveAttribute("ratio");
    }
}
