namespace Edge.Pipeline.Postprocessing;

/// <summary>How a detector's outputs are laid out: the families of <see cref="Heads"/>.</summary>
public enum HeadKind : byte
{
    /// <summary><see cref="Heads.YoloxHead"/>.</summary>
    Yolox,

    /// <summary><see cref="Heads.YoloV5Head"/>.</summary>
    Yolov5,

    /// <summary><see cref="Heads.YoloV8Head"/>.</summary>
    Yolov8,

    /// <summary><see cref="Heads.FastestDetHead"/>.</summary>
    FastestDet,

    /// <summary><see cref="Heads.NanoDetHead"/>.</summary>
    NanoDet,

    /// <summary><see cref="Heads.GridHead"/>: the detectors that this project trains.</summary>
    Grid,

    /// <summary><see cref="Heads.SsdHead"/>.</summary>
    Ssd,

    /// <summary><see cref="Heads.BoxesHead"/>.</summary>
    Boxes,

    /// <summary><see cref="Heads.YuNetHead"/>.</summary>
    YuNet,
}

/// <summary>What is still to be done to scores before they lie in 0…1.</summary>
public enum Activation : byte
{
    None,
    Sigmoid,
    Softmax,
}

/// <summary>Meaning of the four numbers of a box.</summary>
public enum BoxForm : byte
{
    /// <summary>Left, top, right, bottom.</summary>
    Corners,

    /// <summary>Top, left, bottom, right: TensorFlow.</summary>
    CornersYx,

    /// <summary>Centre x, centre y, width, height.</summary>
    Center,
}

/// <summary>
/// Square priors of one grid that divides the input evenly, each at the centre of its cell (SSD, section 2.2): by rows, then
/// columns, then sizes.
/// </summary>
/// <param name="Columns">Cells in a row.</param>
/// <param name="Rows">Rows of cells.</param>
/// <param name="Sizes">Side lengths in pixels of the input.</param>
public sealed record PriorGrid(int Columns, int Rows, IReadOnlyList<float> Sizes);

/// <summary>
/// How detections are read from a model's outputs. Immutable; members of no use to a head must keep their defaults.
/// </summary>
/// <param name="Head">Layout of the outputs.</param>
/// <param name="MinScore">Detections below are dropped at once; not above the lowest limit of the decision rule.</param>
/// <param name="MaxOverlap">Overlap (intersection over union) above which the lesser of two boxes is dropped.</param>
/// <param name="ClassAgnostic">Boxes of different classes suppress each other too.</param>
/// <param name="MaxCandidates">Only so many of the best are considered.</param>
/// <param name="MaxDetections">Only so many are reported.</param>
/// <param name="Activation">Of <see cref="HeadKind.Ssd"/>, <see cref="HeadKind.Boxes"/>: what is still to be done to the scores.</param>
/// <param name="Background">
/// Of <see cref="HeadKind.Ssd"/>, <see cref="HeadKind.Boxes"/>: the class that means "nothing", usually 0; null if there is none. Labels
/// do not count it.
/// </param>
/// <param name="BoxForm">Of <see cref="HeadKind.Boxes"/>.</param>
/// <param name="Normalized">Of <see cref="HeadKind.Boxes"/>: boxes lie in 0…1 of the input instead of its pixels.</param>
/// <param name="Anchors">
/// Of <see cref="HeadKind.Yolov5"/> with raw outputs: width and height in pixels of three anchors an output, finest grid first. Those of
/// YOLOv5 trained on COCO when null.
/// </param>
/// <param name="Priors">Of <see cref="HeadKind.Ssd"/>: the priors of a model that does not give them as an output.</param>
public sealed record DetectionOptions(
    HeadKind Head,
    float MinScore = 0.25f,
    float MaxOverlap = 0.45f,
    bool ClassAgnostic = false,
    int MaxCandidates = 5000,
    int MaxDetections = 100,
    Activation Activation = Activation.None,
    int? Background = null,
    BoxForm BoxForm = BoxForm.Corners,
    bool Normalized = true,
    IReadOnlyList<float>? Anchors = null,
    IReadOnlyList<PriorGrid>? Priors = null)
{
    /// <exception cref="FormatException">A number is not possible, or an option does not belong to the head.</exception>
    public void Validate()
    {
        if (MinScore is not (>= 0 and <= 1)) throw new FormatException($"detection: minScore {MinScore} is not within 0…1");
        if (MaxOverlap is not (>= 0 and <= 1)) throw new FormatException($"detection: maxOverlap {MaxOverlap} is not within 0…1");
        if (MaxCandidates < 1 || MaxDetections < 1) throw new FormatException("detection: maxCandidates and maxDetections are at least 1");
        bool scored = Head is HeadKind.Ssd or HeadKind.Boxes;
        if (!scored && (Activation != Activation.None || Background is not null)) throw new FormatException($"detection: activation and background do not belong to head {Head}");
        if (Background < 0) throw new FormatException($"detection: background {Background} is negative");
        if (Head != HeadKind.Boxes && (BoxForm != BoxForm.Corners || !Normalized)) throw new FormatException($"detection: boxForm and normalized do not belong to head {Head}");
        if (Head != HeadKind.Yolov5 && Anchors is not null) throw new FormatException($"detection: anchors do not belong to head {Head}");
        if (Anchors is { } a && (a.Count == 0 || a.Count % 6 != 0 || !a.All(v => v > 0 && float.IsFinite(v))))
            throw new FormatException($"detection: {a.Count} anchor numbers; each output has three anchors of two positive numbers");
        if (Head != HeadKind.Ssd && Priors is not null) throw new FormatException($"detection: priors do not belong to head {Head}");
        if (Priors is { } p && (p.Count == 0 || !p.All(g => g.Columns is > 0 and <= 4096 && g.Rows is > 0 and <= 4096 && g.Sizes is { Count: > 0 } && g.Sizes.All(v => v > 0 && float.IsFinite(v)))))
            throw new FormatException("detection: each grid of priors has 1 to 4096 columns and rows and at least one positive size");
    }
}
