using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Text;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Stores;

/// <summary>The type of a data store, in any dialect's words.</summary>
internal static class TypeReading
{
    private static string Allowed => string.Join(", ", StoreTypes.All);

    public static string? Word(ManifestContext context, Section reference, Field? field)
    {
        if (field is null)
        {
            reference.Missing("type", "it says what kind of store this is", Allowed);
        }

        return context.Words(field, 64);
    }

    public static DataStoreType? Type(ManifestContext context, Field? field, string? word)
    {
        if (word is null)
        {
            return null;
        }

        if (StoreTypes.Find(word) is { } type)
        {
            return type;
        }

        if (word == StoreTypes.HostFolder)
        {
            context.Bad<string>(
                field!,
                ManifestCodes.StoreTypeNotOffered,
                "mounts a folder of the host, which is not offered; type `file` is a folder of the service",
                Allowed,
                "file"
            );
        }
        else
        {
            context.Bad<string>(
                field!,
                ManifestCodes.UnknownStoreType,
                $"is {Quote.Key(word)}, which is no type of data store",
                Allowed,
                Nearest.To(word, StoreTypes.All)
            );
        }

        return null;
    }

    /// <summary>Without a known type nothing can be said about a connection, so nothing is.</summary>
    public static StoreConnection? SkipConnection(Section reference)
    {
        reference.Take("connection");
        return null;
    }
}
