namespace HeadCount.Drawing;

/// <summary>Numbers drawn with strokes, so that no font is needed: digits, point, slash, times, p and x.</summary>
internal static class Lettering
{
    /// <summary>From one line of a stroke to the next, as a share of the height.</summary>
    private const double StrokeWidth = .13, Gap = .22;

    // Strokes in a box of height 1, y down, the baseline at 1.
    private static readonly Dictionary<char, Glyph> Glyphs = new()
    {
        ['0'] = new(.56, Arc(.28, .5, .28, .5, 0, 360)),
        ['1'] = new(.3, [(0, .22), (.3, 0), (.3, 1)]),
        ['2'] = new(.56, [.. Arc(.28, .28, .28, .28, 190, 400), (0, 1), (.58, 1)]),
        ['3'] = new(.56, Arc(.27, .26, .26, .26, 200, 450), Arc(.27, .75, .29, .25, 270, 520)),
        ['4'] = new(.62, [(.46, 1), (.46, 0), (0, .7), (.62, .7)]),
        ['5'] = new(.56, [(.52, 0), (.1, 0), (.05, .46), .. Arc(.27, .69, .29, .31, 228, 510)]),
        ['6'] = new(.56, [(.44, 0), .. Arc(.28, .7, .28, .3, 205, 160 + 360 + 45)]),
        ['7'] = new(.54, [(0, 0), (.54, 0), (.18, 1)]),
        ['8'] = new(.56, Arc(.28, .25, .24, .25, 0, 360), Arc(.28, .75, .28, .25, 0, 360)),
        ['9'] = new(.56, [(.12, 1), .. Arc(.28, .3, .28, .3, 25, 385)]),
        ['.'] = new(.04, [(.02, 1), (.02, 1)]),
        ['/'] = new(.36, [(0, 1.05), (.36, -.05)]),
        ['×'] = new(.36, [(0, .42), (.36, .78)], [(0, .78), (.36, .42)]),
        ['p'] = new(.46, [(0, .36), (0, 1.3)], Arc(.23, .68, .23, .32, 0, 360)),
        ['x'] = new(.4, [(0, .38), (.4, 1)], [(0, 1), (.4, .38)]),
        [' '] = new(.1),
    };

    /// <summary>How wide a text of this height is, from edge to edge of its strokes.</summary>
    internal static double Width(string text, double height) =>
        text.Length == 0 ? 0 : height * (text.Sum(c => Glyphs[c].Width + Gap) - Gap + StrokeWidth);

    /// <summary>Draws a text whose upper left corner is (<paramref name="x"/>, <paramref name="y"/>).</summary>
    internal static void Draw(Canvas canvas, string text, double x, double y, double height, Rgb color)
    {
        double width = height * StrokeWidth;
        double box = height - width;
        x += width / 2;
        foreach (char character in text)
        {
            Glyph glyph = Glyphs[character];
            foreach ((double X, double Y)[] stroke in glyph.Strokes)
                canvas.Line([.. stroke.Select(p => (x + p.X * height, y + width / 2 + p.Y * box))], width, color);
            x += height * (glyph.Width + Gap);
        }
    }

    // Degrees, clockwise from the right.
    private static (double X, double Y)[] Arc(double x, double y, double radiusX, double radiusY, int from, int to)
    {
        int steps = Math.Abs(to - from) / 15;
        return [.. Enumerable.Range(0, steps + 1).Select(i =>
        {
            (double sin, double cos) = Math.SinCos((from + (to - from) * (double)i / steps) * Math.PI / 180);
            return (x + radiusX * cos, y + radiusY * sin);
        })];
    }

    private sealed record Glyph(double Width, params (double X, double Y)[][] Strokes);
}
