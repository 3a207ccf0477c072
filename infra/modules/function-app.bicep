metadata description = 'The function app on Flex Consumption: the only thing that answers from outside, and only over HTTPS.'

@description('The region.')
@minLength(3)
param location string

@description('Written on every resource.')
param tags { *: string }

@description('Name of the app, unique in Azure.')
@minLength(3)
@maxLength(60)
param appName string

@description('Resource id of the app\'s identity.')
@minLength(1)
param identityId string

@description('Client id of the app\'s identity.')
@minLength(36)
@maxLength(36)
param identityClientId string

@description('The subnet through which everything goes out.')
@minLength(1)
param subnetId string

@description('The storage account.')
@minLength(3)
@maxLength(24)
param storageName string

@description('The container that the app is deployed from.')
@minLength(3)
@maxLength(63)
param deploymentContainer string

@description('Address of the vault.')
@minLength(1)
param vaultUri string

@description('Address of the key that wraps the Data Protection keys.')
@minLength(1)
param dataProtectionKeyId string

@description('The Application Insights resource.')
@minLength(1)
@maxLength(260)
param insightsName string

@description('Memory of one instance.')
@allowed([2048, 4096])
param memoryMB int

@description('Most instances.')
@minValue(40)
@maxValue(1000)
param maximumInstances int

@description('Instances kept warm for HTTP.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int

@description('Requests that one instance takes at once.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int

@description('Names the durable task hub.')
@minLength(3)
@maxLength(45)
param taskHubName string

@description('Where orchestrations are kept.')
@allowed(['storage', 'scheduler'])
param durableBackend string

@description('How a Durable Task Scheduler is reached; empty where there is none.')
@maxLength(500)
param hubConnection string

@description('The pool that runs go to.')
@minLength(1)
@maxLength(20)
param poolName string

@description('Whether nodes with fewer CPUs or less memory take runs that ask for a size by its name.')
param poolSizeStandIn bool

@description('Name of the scale set of the pool\'s nodes; it need not be there yet.')
@minLength(1)
@maxLength(60)
param scaleSetName string

@description('GPUs of a node.')
@minValue(0)
@maxValue(16)
param nodeGpuCount int

@description('Nodes that are kept while nothing waits.')
@minValue(0)
@maxValue(100)
param nodeMinimum int

@description('Most nodes that the service makes; 0: it makes and removes none.')
@minValue(0)
@maxValue(100)
param nodeMaximum int

@description('Minutes without a run after which the service removes a node.')
@minValue(1)
@maxValue(720)
param nodeIdleMinutes int

// By its name: the app is there before the pool is.
var scalingSettings = nodeMaximum == 0
  ? {}
  : {
      Azure__ScaleSet__ResourceId: resourceId('Microsoft.Compute/virtualMachineScaleSets', scaleSetName)
      Pool__Scaling__Minimum: string(nodeMinimum)
      Pool__Scaling__Maximum: string(nodeMaximum)
      Pool__Scaling__NodeGpus: string(nodeGpuCount)
      Pool__Scaling__IdleTime: '${nodeIdleMinutes / 60}:${nodeIdleMinutes % 60}:0'
    }

// host.json says the same of the storage account. Its connectionName would be taken before connectionStringName: both are set.
var storageProvider = 'AzureFunctionsJobHost__extensions__durableTask__storageProvider'
var hubConnectionName = 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
var schedulerSettings = durableBackend == 'storage'
  ? {}
  : {
      '${storageProvider}__type': 'azureManaged'
      '${storageProvider}__connectionName': hubConnectionName
      '${storageProvider}__connectionStringName': hubConnectionName
      '${hubConnectionName}': hubConnection
    }

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = { name: storageName }

resource insights 'Microsoft.Insights/components@2020-02-02' existing = { name: insightsName }

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: appName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: appName
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: subnetId
    keyVaultReferenceIdentity: identityId
    siteConfig: { minTlsVersion: '1.2' }
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${account.properties.primaryEndpoints.blob}${deploymentContainer}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: memoryMB
        maximumInstanceCount: maximumInstances
        alwaysReady: concat(
          alwaysReadyInstances == 0 ? [] : [{ name: 'http', instanceCount: alwaysReadyInstances }],
          // Fires every five seconds: an instance is always up for it anyway, and a warm one is cheaper.
          [{ name: 'function:ExpireLeases', instanceCount: 1 }]
        )
        triggers: { http: { perInstanceConcurrency: httpConcurrency } }
      }
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: {
      ...schedulerSettings
      ...scalingSettings
      AZURE_CLIENT_ID: identityClientId
      AzureWebJobsStorage__accountName: account.name
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identityClientId
      AzureFunctionsJobHost__extensions__durableTask__hubName: taskHubName
      APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
      // The exporter would count its own use for its makers.
      APPLICATIONINSIGHTS_STATSBEAT_DISABLED: 'true'
      APPLICATIONINSIGHTS_SDKSTATS_DISABLED: 'true'
      // Archives of 1 GiB and their manifests; the host takes 100 MB unless told.
      FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1140850688'
      // The address without a path shows our page, not the host's.
      AzureWebJobsDisableHomepage: 'true'
      Azure__Storage__AccountName: account.name
      Azure__KeyVault__Uri: vaultUri
      Azure__KeyVault__DataProtectionKeyId: dataProtectionKeyId
      DropStorage__blobServiceUri: account.properties.primaryEndpoints.blob
      DropStorage__queueServiceUri: account.properties.primaryEndpoints.queue
      DropStorage__credential: 'managedidentity'
      DropStorage__clientId: identityClientId
      // References: the host puts the secrets in their place, and nobody reads them here.
      Pool__Key: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/trainyard-pool-key)'
      Auth__OperatorKey: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/trainyard-operator-key)'
      Pool__Name: poolName
      Pool__SizeStandIn: poolSizeStandIn ? 'true' : 'false'
      Pool__StartAgent: 'false'
      // Who submits runs must not reach our network through the service.
      Stores__AllowPrivateEndpoints: 'false'
    }
  }

  // Publishing is by Entra sign-in only.
  resource publishing 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource filePublishing 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

@description('Id of the app.')
output appId string = app.id

@description('Name of the app.')
output appName string = app.name

@description('The service\'s address.')
output serviceUrl string = 'https://${app.properties.defaultHostName}'
