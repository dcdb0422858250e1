using System.CommandLine;
using System.Globalization;
using HeadCount.Evaluation;

namespace HeadCount.Cli.Commands;

/// <summary>The option <c>--radius 4,8</c>.</summary>
internal static class RadiusOption
{
    /// <summary>Radii that crowd localisation is reported at unless others are asked for.</summary>
    internal static IReadOnlyList<MatchingRadius> Default { get; } = [MatchingRadius.Of(4), MatchingRadius.Of(8)];

    internal static Option<IReadOnlyList<MatchingRadius>?> Create() => new("--radius")
    {
        Description = "Matching radii in pixels, separated by commas (4,8)",
        HelpName = "PIXELS",
        CustomParser = result =>
        {
            var radii = new List<MatchingRadius>();
            foreach (string part in result.Tokens.Single().Value.Split(','))
            {
                if (!double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                    out double pixels) || !double.IsFinite(pixels) || pixels <= 0)
                {
                    result.AddError($"--radius: '{part}' is no number of pixels above 0; write for instance 4,8");
                    return null;
                }
                radii.Add(MatchingRadius.Of(pixels));
            }
            return radii;
        },
    };
}
