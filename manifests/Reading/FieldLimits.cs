namespace Trainyard.Manifests.Reading;

/// <summary>The longest texts and the ranges of numbers; docs/manifest.md has the same table.</summary>
internal static class FieldLimits
{
    public const int Name = 200;
    public const int Description = 4_096;
    public const int Author = 200;
    public const int Command = 16_384;
    public const int Version = 256;
    public const int Image = 512;
    public const int StoreName = 200;
    public const int Connection = 2_048;
    public const int Bucket = 255;
    public const int Region = 64;
    public const int Certificates = 16_384;
    public const int CertificateCount = 8;
    public const int Gpus = 64;
    public const double Cpus = 1_024;
    public const double LeastCpus = 0.1;
    public const long LeastMemory = 16_000_000;
    public const long MostMemory = 16L << 40;
    public const long LeastDisk = 16_000_000;
    public const long MostDisk = 256L << 40;
    public const int Nodes = 64;
    public const int Retries = 10;
    public const int Labels = 32;
    public const int LabelValue = 256;
    public const int Env = 100;
    public const int EnvValue = 8_192;
    public const int Path = 512;
    public const int Patterns = 32;
    public const int MetricGroups = 32;
    public const int Regex = 2_048;

    public static TimeSpan LeastDuration { get; } = TimeSpan.FromSeconds(1);
    public static TimeSpan MostDuration { get; } = TimeSpan.FromDays(90);
    public static TimeSpan LeastRetention { get; } = TimeSpan.FromHours(1);
    public static TimeSpan MostRetention { get; } = TimeSpan.FromDays(365);
    public static TimeSpan MostCheckpoint { get; } = TimeSpan.FromDays(1);
}
