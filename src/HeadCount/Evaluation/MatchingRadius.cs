using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HeadCount.Evaluation;

/// <summary>
/// How far a detection may lie from the true head it is paired with: pixels for all heads, or each head's own σ. In
/// JSON a number of pixels, or <c>"sigma_s"</c> and <c>"sigma_l"</c>.
/// </summary>
[JsonConverter(typeof(JsonForm))]
public sealed record MatchingRadius
{
    private readonly string _json;

    private MatchingRadius(double? pixels, string label, string json)
    {
        Pixels = pixels;
        Label = label;
        _json = json;
    }

    /// <summary>σs of each head, half its box's shorter side: <see cref="Annotations.HeadSigma.Small"/>.</summary>
    public static MatchingRadius SigmaSmall { get; } = new(null, "σs", "sigma_s");

    /// <summary>σl of each head, half its box's diagonal: <see cref="Annotations.HeadSigma.Large"/>.</summary>
    public static MatchingRadius SigmaLarge { get; } = new(null, "σl", "sigma_l");

    /// <summary>Pixels for all heads; null for a head's own σ.</summary>
    public double? Pixels { get; }

    /// <summary>For tables, such as <c>8 px</c> or <c>σs</c>.</summary>
    public string Label { get; }

    /// <summary>The same radius for all heads.</summary>
    /// <param name="pixels">0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The radius is negative or not finite.</exception>
    public static MatchingRadius Of(double pixels)
    {
        if (!double.IsFinite(pixels) || pixels < 0)
            throw new ArgumentOutOfRangeException(nameof(pixels), pixels, "A radius is 0 pixels or more.");
        string number = pixels.ToString(CultureInfo.InvariantCulture);
        return new MatchingRadius(pixels, $"{number} px", number);
    }

    /// <summary>The radius for each of a picture's true heads, in pixels.</summary>
    /// <exception cref="InvalidOperationException">The picture's truth states no σ.</exception>
    internal double[] For(EvaluatedImage image)
    {
        if (Pixels is { } pixels)
        {
            double[] radii = new double[image.Truth.Count];
            Array.Fill(radii, pixels);
            return radii;
        }
        if (image.Sigmas is not { } sigmas)
            throw new InvalidOperationException($"The truth of {image.Name} states no σ.");
        return [.. sigmas.Select(sigma => this == SigmaSmall ? sigma.Small : sigma.Large)];
    }

    internal sealed class JsonForm : JsonConverter<MatchingRadius>
    {
        public override MatchingRadius Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Number)
                return Of(reader.GetDouble());
            string? text = reader.GetString();
            return text == SigmaSmall._json ? SigmaSmall
                : text == SigmaLarge._json ? SigmaLarge
                : throw new JsonException($"'{text}' is no matching radius.");
        }

        public override void Write(Utf8JsonWriter writer, MatchingRadius value, JsonSerializerOptions options)
        {
            if (value.Pixels is { } pixels)
                writer.WriteNumberValue(pixels);
            else
                writer.WriteStringValue(value._json);
        }
    }
}
