using HeadCount.Annotations;

namespace HeadCount.Localization;

/// <summary>Turns a score map into head points.</summary>
public static class PeakFinder
{
    /// <summary>
    /// Finds the heads of a score map: cells that no neighbour (3×3) surpasses, moved by their offset; of two heads
    /// nearer than the radius the weaker is dropped. Cells of equal score that touch are one peak, at the cell
    /// nearest to their mean position.
    /// </summary>
    /// <param name="map">The network's output.</param>
    /// <param name="threshold">Score from which a peak counts, inclusive, 0..1.</param>
    /// <param name="suppressionRadius">In pixels; at this distance or beyond both heads stay.</param>
    /// <returns>Heads in pixels of the map's own frame, the best first; equal scores from top to bottom, then from
    /// left to right.</returns>
    public static List<HeadPoint> Find(ScoreMap map, double threshold, double suppressionRadius)
    {
        return Suppress(Peaks(map, threshold), suppressionRadius);
    }

    /// <summary>Of two heads nearer than the radius drops the weaker; the best first.</summary>
    internal static List<HeadPoint> Suppress(List<HeadPoint> peaks, double suppressionRadius)
    {
        peaks.Sort(BestFirst);
        var kept = new List<HeadPoint>(peaks.Count);
        var grid = new PointGrid(suppressionRadius);
        foreach (HeadPoint head in peaks)
        {
            if (!grid.AnyNearer(head.X, head.Y))
            {
                grid.Add(head.X, head.Y);
                kept.Add(head);
            }
        }
        return kept;
    }

    /// <summary>The order in which heads are accepted: by score, then from top to bottom, then from left to right.</summary>
    internal static int BestFirst(HeadPoint a, HeadPoint b)
    {
        int order = b.Score.CompareTo(a.Score);
        if (order == 0)
            order = a.Y.CompareTo(b.Y);
        return order == 0 ? a.X.CompareTo(b.X) : order;
    }

    private static List<HeadPoint> Peaks(ScoreMap map, double threshold)
    {
        var peaks = new List<HeadPoint>();
        HashSet<int>? flat = null;
        for (int row = 0; row < map.Rows; row++)
        {
            ReadOnlySpan<float> line = map.Score.Slice(row * map.Pitch, map.Columns);
            for (int column = 0; column < line.Length; column++)
            {
                // Most cells end here; NaN does too.
                if (!(line[column] >= threshold))
                    continue;
                int cell = row * map.Pitch + column;
                switch (CompareWithNeighbours(map, row, column))
                {
                    case > 0:
                        peaks.Add(Head(map, cell));
                        break;
                    case 0 when (flat ??= []).Add(cell):
                        if (Plateau(map, cell, flat) is int middle)
                            peaks.Add(Head(map, middle));
                        break;
                }
            }
        }
        return peaks;
    }

    private static HeadPoint Head(ScoreMap map, int cell)
    {
        (int row, int column) = Math.DivRem(cell, map.Pitch);
        return new HeadPoint(
            (column + .5) * map.Stride + (map.OffsetX.IsEmpty ? 0 : map.OffsetX[cell]),
            (row + .5) * map.Stride + (map.OffsetY.IsEmpty ? 0 : map.OffsetY[cell]),
            map.Score[cell]);
    }

    // 1: above all neighbours; 0: none is higher but one is equal; -1: one is higher.
    private static int CompareWithNeighbours(ScoreMap map, int row, int column)
    {
        float score = map.Score[row * map.Pitch + column];
        int result = 1;
        for (int y = Math.Max(row - 1, 0); y <= Math.Min(row + 1, map.Rows - 1); y++)
        {
            for (int x = Math.Max(column - 1, 0); x <= Math.Min(column + 1, map.Columns - 1); x++)
            {
                float other = map.Score[y * map.Pitch + x];
                if (other > score)
                    return -1;
                if (other == score && (y != row || x != column))
                    result = 0;
            }
        }
        return result;
    }

    // Walks over the equal cells that touch each other, adds them to `seen`, and returns the one nearest to their mean
    // position, or null when the plateau lies beside something higher.
    private static int? Plateau(ScoreMap map, int start, HashSet<int> seen)
    {
        float score = map.Score[start];
        bool isPeak = true;
        List<int> cells = [start];
        for (int i = 0; i < cells.Count; i++)
        {
            (int row, int column) = Math.DivRem(cells[i], map.Pitch);
            for (int y = Math.Max(row - 1, 0); y <= Math.Min(row + 1, map.Rows - 1); y++)
            {
                for (int x = Math.Max(column - 1, 0); x <= Math.Min(column + 1, map.Columns - 1); x++)
                {
                    int cell = y * map.Pitch + x;
                    isPeak &= !(map.Score[cell] > score);
                    if (map.Score[cell] == score && seen.Add(cell))
                        cells.Add(cell);
                }
            }
        }
        if (!isPeak)
            return null;
        int pitch = map.Pitch;
        double meanRow = cells.Average(c => c / pitch), meanColumn = cells.Average(c => c % pitch);
        return cells
            .OrderBy(c => Math.Pow(c / pitch - meanRow, 2) + Math.Pow(c % pitch - meanColumn, 2))
            .ThenBy(c => c)
            .First();
    }
}
