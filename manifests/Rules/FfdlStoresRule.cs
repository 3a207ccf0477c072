using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Stores;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary>FfDL's <c>data_stores</c>: one store whose connection serves the data and the results.</summary>
internal sealed class FfdlStoresRule : IManifestRule
{
    private const string FfdlResults = "dlaas-trained-models";

    public void Apply(ManifestContext context)
    {
        if (!context.IsFfdl)
        {
            return;
        }

        if (context.Root.Take("data_stores") is not { } field)
        {
            context.Root.Missing("data_stores", "it says where the data is and where the results go");
        }
        else if (field.Value is not YamlList list)
        {
            context.WrongShape(field.Value, field.Path, "a list of one data store");
        }
        else
        {
            Read(context, field, list);
        }
    }

    private static void Read(ManifestContext context, Field field, YamlList list)
    {
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

        if (list.Items is [var first, ..] && context.Open(first, $"{field.Path}[0]") is { } store)
        {
            ReadStore(context, store);
        }
    }

    // FfDL used its own bucket when a manifest named none.
    private static DraftStore ServiceFolder(ManifestContext context, Section store)
    {
        context.Problems.Warn(
            ManifestCodes.ResultsFolder,
            $"{Quote.Key(store.PathOf("training_results"))} is missing, so the results go to the service's own folder {Quote.Key(FfdlResults)} (type `file`).",
            store.Path,
            store.Mark
        );
        return StoreAssembly.OfFolder(FfdlResults, store.Mark);
    }

    private static void ReadStore(ManifestContext context, Section store)
    {
        var id = context.Words(store.Take("id"), FieldLimits.StoreName);
        var typeField = store.Take("type");
        var word = TypeReading.Word(context, store, typeField);
        var type = TypeReading.Type(context, typeField, word);
        var connection = type is { } known
            ? new ConnectionReader(context, known, word!).Read(store)
            : TypeReading.SkipConnection(store);
        context.Draft.Data = Side("training_data");
        context.Draft.Results = store.Take("training_results") is null
            ? ServiceFolder(context, store)
            : Side("training_results");

        DraftStore? Side(string key)
        {
            var side = store.Open(key);
            if (store.Take(key) is null)
            {
                store.Missing(key, "it holds the container");
            }

            var bucket = side is null ? null : BucketReading.Read(context, side, type);
            return bucket is null || connection is null
                ? null
                : StoreAssembly.Of(type!.Value, id, bucket, connection, side!);
        }
    }
}
