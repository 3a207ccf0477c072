using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Stores;

/// <summary><c>training_data_reference.mode</c>: copy or stream.</summary>
internal static class ModeReading
{
    private const string Copy = "copy";
    private const string Stream = "stream";

    public static DataMode Read(ManifestContext context, Section reference, DataStoreType? type)
    {
        if (reference.Take("mode") is not { } field || context.Choice(field, [Copy, Stream]) is not Stream)
        {
            return DataMode.Copy;
        }

        if (type is DataStoreType.File)
        {
            context.Bad<string>(
                field,
                ManifestCodes.NotAllowed,
                "cannot be `stream` with type `file`, whose objects have no addresses",
                Copy
            );
        }

        return DataMode.Stream;
    }

    public static string? Word(DataMode mode) => mode is DataMode.Stream ? Stream : null;
}
