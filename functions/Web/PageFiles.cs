using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Trainyard.Functions.Web;

/// <summary>The page's files, embedded in the assembly.</summary>
public sealed class PageFiles
{
    /// <summary>The file for the address without a path.</summary>
    public const string Start = "index.html";

    private const string Folder = "web/";

    private static readonly Dictionary<string, string> MediaTypes = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    private readonly FrozenDictionary<string, PageFile> _files = Read().ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The file of this name, or null.</summary>
    internal PageFile? Find(string name) => _files.GetValueOrDefault(name);

    private static IEnumerable<KeyValuePair<string, PageFile>> Read()
    {
        var assembly = typeof(PageFiles).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (!resource.StartsWith(Folder, StringComparison.Ordinal))
            {
                continue;
            }
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var name = resource[Folder.Length..];
            yield return new(name, new PageFile(content, MediaTypes[Path.GetExtension(name)], TagOf(content)));
        }
    }

    private static string TagOf(byte[] content) => $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"";
}

/// <summary>A file of the page.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="EntityTag">Changes with the content.</param>
internal sealed record PageFile(byte[] Content, string MediaType, string EntityTag);
