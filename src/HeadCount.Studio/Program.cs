using System.CommandLine;
using HeadCount.Inference;
using HeadCount.Studio;

var defaults = new StudioOptions { Data = "" };
var data = new Option<string>("--data")
{
    HelpName = "DIR",
    Description = "Folder of pictures, results and projects",
    DefaultValueFactory = _ => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "headcount"),
};
var url = new Option<string>("--url")
{
    HelpName = "URL",
    Description = "Where to listen; beyond this machine --api-key is needed",
    DefaultValueFactory = _ => defaults.Url,
};
var apiKey = new Option<string?>("--api-key")
{
    HelpName = "KEY",
    Description = "Key that callers must give; HEADCOUNT_API_KEY in the environment does the same",
    DefaultValueFactory = _ => Environment.GetEnvironmentVariable("HEADCOUNT_API_KEY"),
};
var database = new Option<string?>("--database")
{
    HelpName = "CONNECTION",
    Description = "PostgreSQL connection string [default: SQLite in the data folder]",
};
var model = new Option<string>("--model")
{
    HelpName = "NAME|FILE",
    Description = "A model that comes with the program, or an ONNX file",
    DefaultValueFactory = _ => defaults.Model,
};
var quality = new Option<CountQuality?>("--quality")
{
    HelpName = "fast|balanced|best",
    Description = "Looks at a picture: one, two or four [default: balanced]",
};
var threads = new Option<int>("--threads") { HelpName = "N", Description = "Threads for the network; 0: one for each core" };
var maxUpload = new Option<long>("--max-upload")
{
    HelpName = "BYTES",
    Description = "Largest upload",
    DefaultValueFactory = _ => defaults.MaxUploadBytes,
};
var maxPixels = new Option<long>("--max-pixels")
{
    HelpName = "N",
    Description = "Largest picture, width × height",
    DefaultValueFactory = _ => defaults.MaxPixels,
};
var root = new RootCommand("Counts the people in pictures, in the browser and over REST.")
{
    data, url, apiKey, database, model, quality, threads, maxUpload, maxPixels,
};
root.SetAction(async (parsed, cancellation) =>
{
    var options = new StudioOptions
    {
        Data = Path.GetFullPath(parsed.GetRequiredValue(data)),
        Url = parsed.GetRequiredValue(url),
        ApiKey = parsed.GetValue(apiKey),
        Database = parsed.GetValue(database),
        Model = parsed.GetRequiredValue(model),
        Quality = parsed.GetValue(quality),
        Threads = parsed.GetValue(threads),
        MaxUploadBytes = parsed.GetValue(maxUpload),
        MaxPixels = parsed.GetValue(maxPixels),
    };
    try
    {
        await using WebApplication app = StudioServer.Create(options);
        await app.StartAsync(cancellation);
        Console.Error.WriteLine($"headcount: the studio is open at {app.Urls.First()} (pictures and results in {options.Data}); Ctrl-C ends it");
        await app.WaitForShutdownAsync(cancellation);
        return 0;
    }
    catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException or ArgumentException)
    {
        Console.Error.WriteLine($"headcount: {e.Message}");
        return 2;
    }
});
return await root.Parse(args).InvokeAsync();
