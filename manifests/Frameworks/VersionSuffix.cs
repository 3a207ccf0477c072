namespace Trainyard.Manifests.Frameworks;

/// <summary>The Python that 2017's versions carried in their text: <c>1.2-py3</c>, <c>1.9.0-gpu-py3</c>.</summary>
internal readonly record struct VersionSuffix(string Version, string? Python, bool HasSuffix)
{
    public static VersionSuffix Split(string text)
    {
        var python =
            text.EndsWith("-py3") ? "3"
            : text.EndsWith("-py2") ? "2"
            : null;
        var rest = python is null ? text : text[..^4];
        var gpu = rest.EndsWith("-gpu");
        return new(gpu ? rest[..^4] : rest, python, gpu || python is not null);
    }
}
