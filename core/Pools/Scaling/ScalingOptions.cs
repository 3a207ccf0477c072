using System.ComponentModel.DataAnnotations;

namespace Trainyard.Core.Pools.Scaling;

/// <summary>The limits for the number of machines, when the service scales the pool.</summary>
public sealed class ScalingOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Pool:Scaling";

    /// <summary>Minimum number of machines, kept even while nothing waits, 0 to 100. Default 0.</summary>
    [Range(0, 100)]
    public int Minimum { get; set; }

    /// <summary>Maximum number of machines, 1 to 100, and not below the minimum. Default 1.</summary>
    [Range(1, 100)]
    public int Maximum { get; set; } = 1;

    /// <summary>GPUs of a machine, 0 to 64; one without any has the CPU slots of <see cref="PoolOptions.Slots"/>. Default 1.</summary>
    [Range(0, 64)]
    public int NodeGpus { get; set; } = 1;

    /// <summary>How long a node must have been without a run before its machine is removed, 1 minute to 1 day. Default 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long a machine may take until its node asks for work, and how long a node may be silent, before the machine is
    /// removed as broken, 5 minutes to 6 hours. Default 30 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:05:00", "06:00:00")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Minimum > Maximum)
        {
            yield return new ValidationResult("The minimum is larger than the maximum.", [nameof(Minimum)]);
        }
    }
}
