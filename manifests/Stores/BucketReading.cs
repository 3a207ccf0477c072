using System.Text;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Stores;

/// <summary>The bucket, under the names it has had: <c>bucket</c>, <c>location</c>, <c>container</c>.</summary>
internal static class BucketReading
{
    public static string? Read(ManifestContext context, Section place, DataStoreType? type)
    {
        if (!context.IsFfdl && place.Has("container"))
        {
            context.Sign(DialectSigns.October2017);
        }

        if (place.Take("bucket", "location", "container") is not { } field)
        {
            place.Missing("bucket", "it names the bucket");
            return null;
        }

        var name = context.Words(field, FieldLimits.Bucket);
        if (name is null || type is null)
        {
            return null;
        }

        if (Placeholders.IsPlaceholder(name))
        {
            return Placeholders.Report<string>(context, field);
        }

        var (valid, allowed) = type switch
        {
            DataStoreType.Swift => (IsContainer(name), "1 to 255 bytes without `/`"),
            DataStoreType.File => (
                IsPlain(name) && name.Length >= 1,
                "one folder's name: letters, digits, `.`, `-` and `_`, starting with a letter or digit"
            ),
            _ => (
                IsPlain(name) && name.Length >= 3 && char.IsAsciiLetterOrDigit(name[^1]),
                "3 to 255 letters, digits, `.`, `-` and `_`, starting and ending with a letter or digit"
            ),
        };
        return valid ? name : context.Bad<string>(field, ManifestCodes.BucketName, "is no bucket's name", allowed);
    }

    private static bool IsContainer(string name) =>
        !name.Contains('/')
        && !name.Any(char.IsControl)
        && name is not ("." or "..")
        && Encoding.UTF8.GetByteCount(name) <= FieldLimits.Bucket;

    private static bool IsPlain(string name) =>
        char.IsAsciiLetterOrDigit(name[0])
        && !name.Contains("..")
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
