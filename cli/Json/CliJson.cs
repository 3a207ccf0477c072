using System.Text.Json;
using System.Text.Json.Serialization;
using Trainyard.Contracts;
using Trainyard.Contracts.Nodes;

namespace Trainyard.Cli.Json;

/// <summary>
/// The wire contracts' JSON, with its readers made by the compiler: making them at run time would cost
/// a tenth of a second at each start.
/// </summary>
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ProblemItem))]
[JsonSerializable(typeof(RunResource))]
[JsonSerializable(typeof(RunListResource))]
[JsonSerializable(typeof(RunStatusResource))]
[JsonSerializable(typeof(StatusEvent))]
[JsonSerializable(typeof(PhaseResource))]
[JsonSerializable(typeof(ProgressResource))]
[JsonSerializable(typeof(StoredModelResource))]
[JsonSerializable(typeof(StoredModelListResource))]
[JsonSerializable(typeof(FrameworkListResource))]
[JsonSerializable(typeof(StoreModelRequest))]
[JsonSerializable(typeof(CreateKeyRequest))]
[JsonSerializable(typeof(ApiKeyResource))]
[JsonSerializable(typeof(JsonPatchOperation[]))]
[JsonSerializable(typeof(SecretListResource))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(NodeListResource))]
[JsonSerializable(typeof(NodeResource))]
[JsonSerializable(typeof(NodeResource))]
[JsonSerializable(typeof(KeyListResource))]
[JsonSerializable(typeof(ServiceFile))]
[JsonSerializable(typeof(ExperimentResource))]
[JsonSerializable(typeof(ResourcePage<ExperimentResource>), TypeInfoPropertyName = "ExperimentPage")]
[JsonSerializable(typeof(ExperimentRunResource))]
[JsonSerializable(typeof(ResourcePage<ExperimentRunResource>), TypeInfoPropertyName = "ExperimentRunPage")]
[JsonSerializable(typeof(ResourcePage<StoredFileResource>), TypeInfoPropertyName = "StoredFilePage")]
[JsonSerializable(typeof(FileAddressResource))]
[JsonSerializable(typeof(DefinitionResource))]
[JsonSerializable(typeof(DefinitionListResource))]
[JsonSerializable(typeof(NewDefinition))]
internal sealed partial class CliJson : JsonSerializerContext
{
    public static CliJson Wire { get; } = new(OptionsOfTheWire());

    private static JsonSerializerOptions OptionsOfTheWire()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            RespectNullableAnnotations = true,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        return options;
    }
}
