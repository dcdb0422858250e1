using HeadCount.Inference;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace HeadCount.Studio.Api;

/// <summary>What the OpenAPI document says beyond the calls' own signatures.</summary>
internal static class OpenApi
{
    /// <summary>A call that takes files in its body.</summary>
    private sealed record Files(string What);

    /// <summary>Says that a call takes files, as a form or one as the body itself, up to a size.</summary>
    internal static RouteHandlerBuilder TakesFiles(this RouteHandlerBuilder call, long mostBytes, string what) =>
        // Some room for what a form adds to its files.
        call.WithMetadata(new Files(what), new RequestSizeLimitAttribute(mostBytes + (1 << 16)));

    internal static void Describe(OpenApiOptions document)
    {
        document.AddDocumentTransformer((openApi, _, _) =>
        {
            openApi.Info = new OpenApiInfo
            {
                Title = "HeadCount Studio",
                Version = typeof(HeadModel).Assembly.GetName().Version!.ToString(3),
                Description = "Counts the people in pictures and says where every head is. Coordinates are pixels of the upright picture, "
                    + "x to the right and y down. What goes wrong is said in problem details (RFC 9457).",
            };
            openApi.Components ??= new OpenApiComponents();
            openApi.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["key"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-Api-Key" },
                ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "The key as bearer token" },
                ["session"] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = "headcount-session", Description = "What /api/session gives for a key",
                },
            };
            // Any one of them, or none where the studio was started without keys.
            openApi.Security = [.. openApi.Components.SecuritySchemes.Keys.Select(scheme => new OpenApiSecurityRequirement
            {
                [new OpenApiSecuritySchemeReference(scheme, openApi)] = [],
            }), new OpenApiSecurityRequirement()];
            return Task.CompletedTask;
        });
        document.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<Files>().FirstOrDefault() is not { } files)
                return Task.CompletedTask;
            var file = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = files.What,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["multipart/form-data"] = new()
                    {
                        Schema = new OpenApiSchema
                        {
                            Type = JsonSchemaType.Object,
                            Properties = new Dictionary<string, IOpenApiSchema> { ["file"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = file } },
                        },
                    },
                    ["application/octet-stream"] = new() { Schema = file },
                },
            };
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = "name",
                In = ParameterLocation.Query,
                Description = "The file's name, where it is the body itself",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
            return Task.CompletedTask;
        });
    }
}
