using NetVips;

namespace HeadCount.Imaging;

/// <summary>Settings of libvips for the whole process.</summary>
internal static class Vips
{
    // Pictures are pulled row by row by one thread each, so libvips' own worker threads would only add buffers;
    // no operation is asked for twice, so its cache would only hold on to memory.
    static Vips()
    {
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;
        // What matters comes as an exception; libvips would also print it on standard error.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, static (_, _, _) => { });
        Log.SetLogHandler("GLib-GObject", Enums.LogLevelFlags.Critical | Enums.LogLevelFlags.Warning, static (_, _, _) => { });
    }

    /// <summary>Applies the settings, once.</summary>
    internal static void Setup()
    {
    }

    /// <summary>libvips' own words: the last line that it gives.</summary>
    internal static string Reason(VipsException e)
    {
        string[] lines = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // The native messages follow NetVips' "unable to call X"; the last one is the reason, those before it may be of
        // files that were read earlier.
        return lines.Length > 0 ? lines[^1] : e.Message.Trim();
    }
}
