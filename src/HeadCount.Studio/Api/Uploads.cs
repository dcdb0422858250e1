using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace HeadCount.Studio.Api;

/// <summary>Reads the files of a request one after the other, without holding them in memory.</summary>
internal static class Uploads
{
    /// <summary>The parts that are files; of a body that is no form, the body itself.</summary>
    /// <exception cref="BadHttpRequestException">The form is malformed, or holds no file.</exception>
    internal static async IAsyncEnumerable<(string Name, Stream Content)> Files(HttpRequest request)
    {
        if (request.ContentType is not { } type || !type.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            yield return (request.Query["name"].ToString(), request.Body);
            yield break;
        }
        string? boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(type).Boundary).Value;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 200)
            throw new BadHttpRequestException("The form has no boundary; send it as a browser does");
        var reader = new MultipartReader(boundary, request.Body);
        bool any = false;
        while (true)
        {
            MultipartSection? section;
            try
            {
                section = await reader.ReadNextSectionAsync(request.HttpContext.RequestAborted);
            }
            catch (Exception e) when (e is InvalidDataException or (IOException and not BadHttpRequestException))
            {
                throw new BadHttpRequestException($"The form cannot be read ({e.Message})", e);
            }
            if (section is null)
                break;
            if (section.GetContentDispositionHeader() is not { } disposition || !disposition.IsFileDisposition())
                continue;
            any = true;
            string name = disposition.FileNameStar.HasValue ? disposition.FileNameStar.Value! : disposition.FileName.Value ?? "";
            yield return (HeaderUtilities.RemoveQuotes(name).Value ?? "", section.Body);
        }
        if (!any)
            throw new BadHttpRequestException("The form holds no file; name its parts 'file'");
    }
}
