namespace Trainyard.Manifests.Problems;

/// <summary>The codes of <see cref="ManifestProblem"/>. They are part of the API: never rename one.</summary>
public static class ManifestCodes
{
    // The text
    public const string TooLarge = "manifest_too_large";
    public const string NotUtf8 = "manifest_not_utf8";
    public const string ControlCharacter = "manifest_control_character";
    public const string InvisibleCharacter = "manifest_invisible_character";
    public const string NotATrainingRun = "not_a_training_run";
    public const string Empty = "manifest_empty";
    public const string Syntax = "manifest_syntax";
    public const string SeveralDocuments = "manifest_several_documents";
    public const string TooDeep = "manifest_too_deep";
    public const string TooManyNodes = "manifest_too_many_nodes";
    public const string TooManyAliases = "manifest_too_many_aliases";
    public const string ScalarTooLong = "manifest_scalar_too_long";
    public const string UnknownAlias = "manifest_unknown_alias";
    public const string Tag = "manifest_tag";
    public const string MergeKey = "manifest_merge_key";
    public const string KeyNotText = "manifest_key_not_text";
    public const string DuplicateKey = "duplicate_key";
    public const string MoreProblems = "more_problems";

    // The shape
    public const string Required = "required";
    public const string WrongShape = "wrong_shape";
    public const string UnknownKey = "unknown_key";
    public const string MisplacedKey = "misplaced_key";
    public const string SameThingTwice = "same_thing_twice";
    public const string NotExactlyOne = "not_exactly_one";
    public const string IgnoredKey = "ignored_key";

    // Values
    public const string TooLong = "too_long";
    public const string TooMany = "too_many";
    public const string NotAllowed = "not_allowed";
    public const string NotANumber = "not_a_number";
    public const string OutOfRange = "out_of_range";
    public const string Raised = "raised_to_least";
    public const string NotADuration = "not_a_duration";
    public const string NotASize = "not_a_size";
    public const string NotAName = "not_a_name";
    public const string NotAnAddress = "not_an_address";
    public const string NotACertificate = "not_a_certificate";
    public const string Placeholder = "placeholder";
    public const string EnvReference = "env_reference";

    // Framework and compute
    public const string UnknownFramework = "unknown_framework";
    public const string UnknownFrameworkVersion = "unknown_framework_version";
    public const string UnknownPython = "unknown_python";
    public const string FrameworkImage = "framework_image";
    public const string DependenciesInImage = "dependencies_in_image";
    public const string RuntimeIgnored = "runtime_ignored";
    public const string UnknownCompute = "unknown_compute";
    public const string ComputeNameAndNumbers = "compute_name_and_numbers";

    // Data stores
    public const string UnknownStoreType = "unknown_store_type";
    public const string StoreTypeNotOffered = "store_type_not_offered";
    public const string BucketName = "bucket_name";
    public const string ConnectionNotForFile = "connection_not_for_file";
    public const string ConnectionKeyForOtherType = "connection_key_for_other_type";
    public const string SecretAndCredentials = "secret_and_credentials";
    public const string SameBucket = "same_bucket";
    public const string ResultsFolder = "results_folder";
    public const string EndpointNotEncrypted = "endpoint_not_encrypted";

    // Our own keys
    public const string ReservedName = "reserved_name";
    public const string MetricPattern = "metric_pattern";
    public const string MetricCapture = "metric_capture";
    public const string MetricPlace = "metric_place";
    public const string LooksSecret = "looks_secret";
}
