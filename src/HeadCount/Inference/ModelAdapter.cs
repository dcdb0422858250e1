namespace HeadCount.Inference;

/// <summary>
/// What a network of another program gives, so that it can be run: its input is float [N, 3, H, W], RGB, normalised as
/// for ImageNet. Strides follow from the sizes of input and output.
/// </summary>
public enum ModelAdapter
{
    /// <summary>One output [N, 1, h, w], heads per cell (such as CSRNet): their sum is the count.</summary>
    Density,

    /// <summary>
    /// One output [N, 1, h, w] with a peak a head (such as FIDTM): cells that none of the 3×3 around them surpasses count
    /// from a share of the picture's highest value on, 100/255 unless told otherwise; a picture whose highest value is
    /// below 0.1 is empty (https://github.com/dk-liang/FIDTM, <c>test.py</c>). A head's score is its share of the highest.
    /// </summary>
    HeatMap,

    /// <summary>Two outputs, points [N, K, 2] in pixels (x, y) and logits [N, K, 2] (nobody, head), such as P2PNet: heads
    /// are those of probability 0.5 at least.</summary>
    Points,
}
