using System.ComponentModel;
using System.Diagnostics;
using System.Security.Claims;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Studio.Counting;
using HeadCount.Studio.Security;
using HeadCount.Studio.Storage;
using Microsoft.AspNetCore.Mvc;

namespace HeadCount.Studio.Api;

/// <summary><c>/api/info</c>, and <c>/api/count</c>: a picture counted at once, with nothing stored.</summary>
internal static class CountEndpoints
{
    internal static void Map(RouteGroupBuilder api, StudioOptions options)
    {
        api.MapGet("info", Info).WithTags("Service").WithSummary("What the studio has and takes")
            .WithDescription("Version, models, limits, the formats of downloads, and who calls.");
        api.MapPost("count", CountAsync).DisableAntiforgery().WithTags("Count").TakesFiles(options.MaxUploadBytes, "The picture")
            .WithSummary("Count a picture at once")
            .WithDescription("Nothing is stored. Calls take turns; the answer has the format that is asked for.")
            .Produces(200, contentType: "application/json").ProducesProblem(400).ProducesProblem(413).ProducesProblem(422).ProducesProblem(503);
    }

    private static InfoDto Info(ClaimsPrincipal user, HttpRequest request, Models models, StudioOptions options) => new(
        typeof(HeadModel).Assembly.GetName().Version!.ToString(3), ChangeLog.Name(user), Gate.HasSession(request),
        [.. models.Names.Select(name => (Name: name, Card: models.Card(name))).Select(model =>
            new ModelDto(model.Name, model.Card.Version, model.Card.Threshold, model.Name == models.DefaultName))],
        new LimitsDto(options.MaxUploadBytes, options.MaxPixels, Math.Min(options.MaxPixels, options.MaxPixelsAtOnce), options.KeepDays),
        Downloads.Formats);

    private static async Task<IResult> CountAsync(HttpRequest request, Models models, PictureFiles files, Benches benches, StudioMetrics metrics,
        StudioOptions options, CancellationToken cancellation,
        [FromQuery, Description("json, csv, overlay (the picture with its heads marked, PNG), or another format of downloads")] string format = "json",
        [FromQuery, Description("A model's name; the one that the studio was started with otherwise")] string? model = null,
        [FromQuery, Description("Score from which something is a head, 0 to 1; the model's own otherwise")] double? threshold = null,
        [FromQuery, Description("Looks at the picture: fast, balanced or best")] string? quality = null)
    {
        if (threshold is double given && !(given is >= 0 and <= 1))
            throw new BadHttpRequestException($"threshold={given}: expected 0 to 1");
        if (format != "overlay" && !Downloads.Formats.Contains(format))
            throw new BadHttpRequestException($"format={format}: expected overlay or one of {string.Join(", ", Downloads.Formats)}");
        CountQuality looks = default;
        if (quality is not null && (!Enum.TryParse(quality, ignoreCase: true, out looks) || !Enum.IsDefined(looks)))
            throw new BadHttpRequestException("quality: expected fast, balanced or best");
        string path = files.TemporaryPath(), name = "picture";
        long start = Stopwatch.GetTimestamp();
        int? found = null;
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
            long most = Math.Min(options.MaxPixels, options.MaxPixelsAtOnce);
            var counter = new HeadCounter(network, new CountOptions
            {
                Threshold = threshold,
                FollowDensity = threshold is null,
                Quality = quality is null ? options.Quality : looks,
                MaxPixels = options.MaxPixels,
            });
            using (var picture = Picture.Open(path, options.MaxPixels))
                if ((long)picture.Width * picture.Height > most)
                    throw new BadHttpRequestException($"{picture.Width}×{picture.Height} pixels are more than are counted at once ({most / 1_000_000} million); upload the picture to a project");
            CountResult result = await benches.Network.DoAsync(request.HttpContext, () => counter.Count(path, cancellation), cancellation);
            found = result.Count;
            var row = new PictureRow { Name = name, Model = network.Card.Name, Width = result.Width, Height = result.Height, DensitySum = result.DensitySum };
            return await benches.Drawing.DoAsync(request.HttpContext, () => format == "overlay"
                ? PictureEndpoints.OverlayOf(path, result.Heads, name, files, options)
                : Downloads.Of(Path.GetFileNameWithoutExtension(name), format, [new Downloads.Item(row, [.. result.Heads], path)], files, options), cancellation);
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
            metrics.CountedAtOnce(found, Stopwatch.GetElapsedTime(start).TotalSeconds);
            File.Delete(path);
        }
    }
}
