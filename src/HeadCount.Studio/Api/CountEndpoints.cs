using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Studio.Counting;
using HeadCount.Studio.Storage;
using Microsoft.AspNetCore.Mvc;

namespace HeadCount.Studio.Api;

/// <summary><c>/api/info</c>, and <c>/api/count</c>: a picture counted at once, with nothing stored.</summary>
internal static class CountEndpoints
{
    // The network uses every core by itself.
    private static readonly SemaphoreSlim s_oneAtATime = new(1);

    internal static void Map(RouteGroupBuilder api)
    {
        api.MapGet("info", Info).WithTags("Service");
        api.MapPost("count", CountAsync).DisableAntiforgery().WithTags("Count");
    }

    private static object Info(Models models, StudioOptions options) => new
    {
        Version = typeof(HeadModel).Assembly.GetName().Version!.ToString(3),
        Models = models.Names.Select(name => (Name: name, Card: models.Card(name))).Select(model => new
        {
            model.Name,
            model.Card.Version,
            model.Card.Threshold,
            IsDefault = model.Name == models.DefaultName,
        }),
        Limits = new { UploadBytes = options.MaxUploadBytes, Pixels = options.MaxPixels },
        Exports = Downloads.Formats,
    };

    private static async Task<IResult> CountAsync(HttpRequest request, Models models, StudioOptions options, CancellationToken cancellation,
        [FromQuery] string format = "json", [FromQuery] string? model = null, [FromQuery] double? threshold = null,
        [FromQuery] string? quality = null)
    {
        if (threshold is double given && !(given is >= 0 and <= 1))
            throw new BadHttpRequestException($"threshold={given}: expected 0 to 1");
        if (format != "overlay" && !Downloads.Formats.Contains(format))
            throw new BadHttpRequestException($"format={format}: expected overlay or one of {string.Join(", ", Downloads.Formats)}");
        CountQuality looks = default;
        if (quality is not null && (!Enum.TryParse(quality, ignoreCase: true, out looks) || !Enum.IsDefined(looks)))
            throw new BadHttpRequestException("quality: expected fast, balanced or best");
        string path = Uploads.TemporaryPath(""), name = "picture";
        try
        {
            await foreach ((string given2, Stream content) in Uploads.Files(request))
            {
                name = Plain.Name(given2);
                await using FileStream file = File.Create(path);
                await content.CopyToAsync(file, cancellation);
                break;
            }
            HeadModel network = models.Get(model ?? models.DefaultName);
            if (looks != CountQuality.Fast && !network.TakesQuality)
                throw new BadHttpRequestException($"quality={quality}: the model {network.Card.Name} does not score heads itself; leave the quality out");
            var counter = new HeadCounter(network, new CountOptions
            {
                Threshold = threshold,
                FollowDensity = threshold is null,
                Quality = quality is null ? options.Quality : looks,
                MaxPixels = options.MaxPixels,
            });
            await s_oneAtATime.WaitAsync(cancellation);
            CountResult result;
            try
            {
                result = await Task.Run(() => counter.Count(path, cancellation), cancellation);
            }
            finally
            {
                s_oneAtATime.Release();
            }
            if (format == "overlay")
                return PictureEndpoints.OverlayOf(path, result.Heads, name, options);
            var row = new PictureRow { Name = name, Model = network.Card.Name, Width = result.Width, Height = result.Height, DensitySum = result.DensitySum };
            return Downloads.Of(Path.GetFileNameWithoutExtension(name), format, [new Downloads.Item(row, [.. result.Heads], path)]);
        }
        catch (PictureException e)
        {
            throw new BadHttpRequestException(Plain.Message(e, path), StatusCodes.Status422UnprocessableEntity, e);
        }
        catch (ModelException e)
        {
            throw new BadHttpRequestException(e.Message, e);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
