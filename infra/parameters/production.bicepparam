// For real work: copies in three zones, warm instances, machines that are not taken away, somebody who is told.
using '../main.bicep'

param environmentName = 'production'
param operatorPrincipalId = readEnvironmentVariable('TRAINYARD_OPERATOR_ID')
param operatorPrincipalType = readEnvironmentVariable('TRAINYARD_OPERATOR_TYPE', 'User')
param alertEmail = readEnvironmentVariable('TRAINYARD_ALERT_EMAIL', '')
param storageRedundancy = 'Standard_ZRS'
param vaultPurgeProtection = true
param logRetentionDays = 90
param logDailyCapGiB = 20
param functionMemoryMB = 4096
param functionAlwaysReadyInstances = 2
param durableBackend = 'storage'
param nodeSize = 'Standard_NC24ads_A100_v4'
param nodeCount = int(readEnvironmentVariable('TRAINYARD_NODE_COUNT', '1'))
param nodeMaximum = 4
param nodeSpot = false
param nodeDiskGiB = 1024
param nodeAdminPublicKey = readEnvironmentVariable('TRAINYARD_NODE_PUBLIC_KEY')
param agentSha256 = readEnvironmentVariable('TRAINYARD_AGENT_SHA256', '')
