namespace HeadCount.Localization;

/// <summary>What a network says of one tile: a score and an offset for every cell.</summary>
/// <remarks>The maps may be wider and higher than the picture part they describe, which begins at their first cell;
/// only <see cref="Columns"/> × <see cref="Rows"/> cells count.</remarks>
public readonly ref struct ScoreMap
{
    /// <summary>Score of every cell, 0..1, row after row.</summary>
    public required ReadOnlySpan<float> Score { get; init; }

    /// <summary>Pixels to the right from a cell's centre to its head; empty for none.</summary>
    public ReadOnlySpan<float> OffsetX { get; init; }

    /// <summary>Pixels down from a cell's centre to its head; empty for none.</summary>
    public ReadOnlySpan<float> OffsetY { get; init; }

    /// <summary>Cells from one row to the next.</summary>
    public required int Pitch { get; init; }

    /// <summary>Columns of cells that count, at most <see cref="Pitch"/>.</summary>
    public required int Columns { get; init; }

    /// <summary>Rows of cells that count.</summary>
    public required int Rows { get; init; }

    /// <summary>Pixels a cell is wide and high.</summary>
    public required int Stride { get; init; }
}
