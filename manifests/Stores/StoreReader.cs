using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Stores;

/// <summary>Reads <c>training_data_reference</c> or <c>training_results_reference</c>, a map or a list of one.</summary>
internal sealed class StoreReader(ManifestContext context, string inner)
{
    /// <summary>The map that holds the data's bucket.</summary>
    public const string Source = "source";

    /// <summary>The map that holds the results' bucket.</summary>
    public const string Target = "target";

    public DraftStore? Read(Field field)
    {
        if (Single(field) is not { } reference)
        {
            return null;
        }

        var name = context.Words(reference.Take("name"), FieldLimits.StoreName);
        var bucketPlace = reference.Open(inner);
        if (reference.Take(inner) is null)
        {
            reference.Missing(inner, "it holds the bucket");
        }

        var typeField = TypeField(reference, bucketPlace);
        var typeWord = TypeReading.Word(context, reference, typeField);
        var type = TypeReading.Type(context, typeField, typeWord);
        var bucket = bucketPlace is null ? null : BucketReading.Read(context, bucketPlace, type);
        var connection = type is { } known
            ? new ConnectionReader(context, known, typeWord!).Read(reference)
            : TypeReading.SkipConnection(reference);
        var mode = inner == Source ? ModeReading.Read(context, reference, type) : DataMode.Copy;
        var part = bucketPlace is null ? null : Part(bucketPlace, mode);
        return connection is null || bucket is null
            ? null
            : part!(StoreAssembly.Of(type!.Value, name, bucket, connection, bucketPlace!));
    }

    private Func<DraftStore, DraftStore> Part(Section place, DataMode mode)
    {
        var prefix = PlaceReading.Prefix(context, place);
        var include = inner == Source ? PlaceReading.Patterns(context, place, "include") : [];
        var exclude = inner == Source ? PlaceReading.Patterns(context, place, "exclude") : [];
        return draft =>
            draft with
            {
                Reference = draft.Reference with { Mode = mode, Prefix = prefix, Include = include, Exclude = exclude },
            };
    }

    private Section? Single(Field field)
    {
        if (field.Value is not YamlList list)
        {
            return context.Open(field);
        }

        context.Sign(DialectSigns.Either2017);
        if (list.Items.Count != 1)
        {
            context.Problems.Error(
                ManifestCodes.NotExactlyOne,
                $"{Quote.Key(field.Path)} lists {list.Items.Count} data stores; it must list one.",
                field.Path,
                field.Mark,
                "exactly one"
            );
        }

        return list.Items is [var first, ..] ? context.Open(first, $"{field.Path}[0]") : null;
    }

    private Field? TypeField(Section reference, Section? bucketPlace)
    {
        var beside = reference.Take("type");
        var inside = bucketPlace?.Take("type");
        if (beside is not null && inside is not null)
        {
            context.Problems.Error(
                ManifestCodes.SameThingTwice,
                $"{Quote.Key(inside.Path)} says again what {Quote.Key(beside.Path)} says; keep one.",
                inside.Path,
                inside.KeyMark
            );
        }

        context.Sign(beside is null ? DialectSigns.None : DialectSigns.February2018);
        context.Sign(inside is null ? DialectSigns.None : DialectSigns.Either2017);
        return beside ?? inside;
    }
}
