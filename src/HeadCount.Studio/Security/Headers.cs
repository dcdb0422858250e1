namespace HeadCount.Studio.Security;

/// <summary>What browsers are told of every page: nothing but the studio's own files, in nobody else's frame.</summary>
internal static class Headers
{
    private const string Own = "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; "
        + "form-action 'self'; frame-ancestors 'none'";

    // The page to try the API brings its own script and style inside it.
    private const string Docs = Own + "; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; font-src 'self' data:";

    internal static void Use(WebApplication app) => app.Use((context, next) =>
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/docs") ? Docs : Own;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (context.Request.Path.StartsWithSegments("/api"))
            headers.CacheControl = "no-cache";
        return next();
    });
}
