using HeadCount.Annotations;

namespace HeadCount.Evaluation;

/// <summary>
/// Grid average mean absolute error (Guerrero-Gómez-Olmedo et al., IbPRIA 2015): the count error of a picture cut into
/// 2^L × 2^L cells, so that heads counted in the wrong place do not make up for missed ones.
/// </summary>
public static class Game
{
    /// <summary>Levels that are computed: 0 (the plain count error) to 3 (8 × 8 cells).</summary>
    public const int Levels = 4;

    /// <summary>
    /// Sum over the cells of |predicted − true| for each level. A head lies in cell ⌊x · 2^L / width⌋, ⌊y · 2^L /
    /// height⌋, one outside the frame in the cell nearest to it. The result never falls from level to level.
    /// </summary>
    /// <param name="truth">True heads.</param>
    /// <param name="predictions">Detected heads.</param>
    /// <param name="width">Width of the picture in pixels, at least 1.</param>
    /// <param name="height">Height of the picture in pixels, at least 1.</param>
    /// <returns><see cref="Levels"/> errors in heads, level 0 first.</returns>
    public static IReadOnlyList<int> Errors(
        IReadOnlyList<HeadPoint> truth, IReadOnlyList<HeadPoint> predictions, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        int[] errors = new int[Levels];
        for (int level = 0; level < Levels; level++)
        {
            int side = 1 << level;
            int[] surplus = new int[side * side];
            foreach (HeadPoint head in predictions)
                surplus[Cell(head, side)]++;
            foreach (HeadPoint head in truth)
                surplus[Cell(head, side)]--;
            errors[level] = surplus.Sum(Math.Abs);
        }
        return errors;

        int Cell(HeadPoint head, int side) => Index(head.Y, height, side) * side + Index(head.X, width, side);

        static int Index(double position, int extent, int side) =>
            (int)Math.Clamp(Math.Floor(position * side / extent), 0, side - 1);
    }
}
