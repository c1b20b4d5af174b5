BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v3.2.0.a');
CREATE TABLE studies (
	study_id INTEGER NOT NULL, 
	study_name VARCHAR(512) NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO "studies" VALUES(1,'grid-cbe34110f9');
CREATE TABLE study_directions (
	study_direction_id INTEGER NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	study_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	PRIMARY KEY (study_direction_id), 
	UNIQUE (study_id, objective), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_directions" VALUES(1,'MAXIMIZE',1,0);
CREATE TABLE study_system_attributes (
	study_system_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_system_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE study_user_attributes (
	study_user_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_user_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_user_attributes" VALUES(1,1,'{"blocks": 3, "dense_layers": 1, "dense_units": 512, "filters": 32, "kernel": 3, "pool_size": 2} seed 1','0.20000000298023224');
CREATE TABLE trial_heartbeats (
	trial_heartbeat_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	PRIMARY KEY (trial_heartbeat_id), 
	UNIQUE (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_intermediate_values (
	trial_intermediate_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	intermediate_value FLOAT, 
	intermediate_value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_intermediate_values" VALUES(1,2,1,1.00000001490116119384e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,2,2,1.00000001490116119384e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,7,1,1.00000001490116119384e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(4,7,2,1.00000001490116119384e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,8,1,1.00000001490116119384e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(6,8,2,2.00000002980232238769e-01,'FINITE');
CREATE TABLE trial_params (
	param_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	param_name VARCHAR(512), 
	param_value FLOAT, 
	distribution_json TEXT, 
	PRIMARY KEY (param_id), 
	UNIQUE (trial_id, param_name), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_params" VALUES(1,1,'blocks',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(2,1,'filters',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [32, 64]}}');
INSERT INTO "trial_params" VALUES(3,1,'kernel',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [3, 5]}}');
INSERT INTO "trial_params" VALUES(4,1,'pool_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(5,1,'dense_layers',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1, 2]}}');
INSERT INTO "trial_params" VALUES(6,1,'dense_units',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [256, 512]}}');
INSERT INTO "trial_params" VALUES(7,2,'blocks',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(8,2,'filters',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [32, 64]}}');
INSERT INTO "trial_params" VALUES(9,2,'kernel',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [3, 5]}}');
INSERT INTO "trial_params" VALUES(10,2,'pool_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(11,2,'dense_layers',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1, 2]}}');
INSERT INTO "trial_params" VALUES(12,2,'dense_units',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [256, 512]}}');
INSERT INTO "trial_params" VALUES(13,3,'blocks',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(14,3,'filters',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [32, 64]}}');
INSERT INTO "trial_params" VALUES(15,3,'kernel',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [3, 5]}}');
INSERT INTO "trial_params" VALUES(16,3,'pool_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(17,3,'dense_layers',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1, 2]}}');
INSERT INTO "trial_params" VALUES(18,3,'dense_units',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [256, 512]}}');
INSERT INTO "trial_params" VALUES(19,4,'blocks',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(20,4,'filters',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [32, 64]}}');
INSERT INTO "trial_params" VALUES(21,4,'kernel',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [3, 5]}}');
INSERT INTO "trial_params" VALUES(22,4,'pool_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(23,4,'dense_layers',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1, 2]}}');
INSERT INTO "trial_params" VALUES(24,4,'dense_units',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [256, 512]}}');
INSERT INTO "trial_params" VALUES(25,5,'blocks',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(26,5,'filters',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [32, 64]}}');
INSERT INTO "trial_params" VALUES(27,5,'kernel',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [3, 5]}}');
INSERT INTO "trial_params" VALUES(28,5,'pool_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(29,5,'dense_layers',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1, 2]}}');
INSERT INTO "trial_params" VALUES(30,5,'dense_units',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [256, 512]}}');
INSERT INTO "trial_params" VALUES(31,6,'blocks',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(32,6,'filters',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [32, 64]}}');
INSERT INTO "trial_params" VALUES(33,6,'kernel',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [3, 5]}}');
INSERT INTO "trial_params" VALUES(34,6,'pool_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(35,6,'dense_layers',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1, 2]}}');
INSERT INTO "trial_params" VALUES(36,6,'dense_units',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [256, 512]}}');
INSERT INTO "trial_params" VALUES(37,7,'blocks',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(38,7,'filters',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [32, 64]}}');
INSERT INTO "trial_params" VALUES(39,7,'kernel',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [3, 5]}}');
INSERT INTO "trial_params" VALUES(40,7,'pool_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(41,7,'dense_layers',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1, 2]}}');
INSERT INTO "trial_params" VALUES(42,7,'dense_units',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [256, 512]}}');
INSERT INTO "trial_params" VALUES(43,8,'blocks',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(44,8,'filters',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [32, 64]}}');
INSERT INTO "trial_params" VALUES(45,8,'kernel',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [3, 5]}}');
INSERT INTO "trial_params" VALUES(46,8,'pool_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3]}}');
INSERT INTO "trial_params" VALUES(47,8,'dense_layers',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1, 2]}}');
INSERT INTO "trial_params" VALUES(48,8,'dense_units',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [256, 512]}}');
CREATE TABLE trial_system_attributes (
	trial_system_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_system_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_system_attributes" VALUES(1,1,'search_space','{"blocks": [2, 3], "dense_layers": [1, 2], "dense_units": [256, 512], "filters": [32, 64], "kernel": [3, 5], "pool_size": [2, 3]}');
INSERT INTO "trial_system_attributes" VALUES(2,1,'grid_id','0');
INSERT INTO "trial_system_attributes" VALUES(3,1,'alive_at','1795902206.0197103');
INSERT INTO "trial_system_attributes" VALUES(4,2,'search_space','{"blocks": [2, 3], "dense_layers": [1, 2], "dense_units": [256, 512], "filters": [32, 64], "kernel": [3, 5], "pool_size": [2, 3]}');
INSERT INTO "trial_system_attributes" VALUES(5,2,'grid_id','1');
INSERT INTO "trial_system_attributes" VALUES(6,2,'alive_at','1795902226.967156');
INSERT INTO "trial_system_attributes" VALUES(7,3,'search_space','{"blocks": [2, 3], "dense_layers": [1, 2], "dense_units": [256, 512], "filters": [32, 64], "kernel": [3, 5], "pool_size": [2, 3]}');
INSERT INTO "trial_system_attributes" VALUES(8,3,'grid_id','2');
INSERT INTO "trial_system_attributes" VALUES(9,3,'alive_at','1795902235.443857');
INSERT INTO "trial_system_attributes" VALUES(10,4,'search_space','{"blocks": [2, 3], "dense_layers": [1, 2], "dense_units": [256, 512], "filters": [32, 64], "kernel": [3, 5], "pool_size": [2, 3]}');
INSERT INTO "trial_system_attributes" VALUES(11,4,'grid_id','3');
INSERT INTO "trial_system_attributes" VALUES(12,4,'alive_at','1795902235.8633862');
INSERT INTO "trial_system_attributes" VALUES(13,5,'search_space','{"blocks": [2, 3], "dense_layers": [1, 2], "dense_units": [256, 512], "filters": [32, 64], "kernel": [3, 5], "pool_size": [2, 3]}');
INSERT INTO "trial_system_attributes" VALUES(14,5,'grid_id','4');
INSERT INTO "trial_system_attributes" VALUES(15,5,'alive_at','1795902236.5144544');
INSERT INTO "trial_system_attributes" VALUES(16,6,'search_space','{"blocks": [2, 3], "dense_layers": [1, 2], "dense_units": [256, 512], "filters": [32, 64], "kernel": [3, 5], "pool_size": [2, 3]}');
INSERT INTO "trial_system_attributes" VALUES(17,6,'grid_id','5');
INSERT INTO "trial_system_attributes" VALUES(18,6,'alive_at','1795902237.0715482');
INSERT INTO "trial_system_attributes" VALUES(19,7,'search_space','{"blocks": [2, 3], "dense_layers": [1, 2], "dense_units": [256, 512], "filters": [32, 64], "kernel": [3, 5], "pool_size": [2, 3]}');
INSERT INTO "trial_system_attributes" VALUES(20,7,'grid_id','6');
INSERT INTO "trial_system_attributes" VALUES(21,7,'alive_at','1795902247.5909977');
INSERT INTO "trial_system_attributes" VALUES(22,8,'search_space','{"blocks": [2, 3], "dense_layers": [1, 2], "dense_units": [256, 512], "filters": [32, 64], "kernel": [3, 5], "pool_size": [2, 3]}');
INSERT INTO "trial_system_attributes" VALUES(23,8,'grid_id','7');
INSERT INTO "trial_system_attributes" VALUES(24,8,'alive_at','1795902265.3752978');
CREATE TABLE trial_user_attributes (
	trial_user_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_user_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_user_attributes" VALUES(1,1,'impossible','"vgg_small cannot be built at conv6: a 3x3 convolution needs an input of at least 3x3, and conv5 leaves 2x2. Use fewer blocks, a smaller kernel or a smaller pooling."');
INSERT INTO "trial_user_attributes" VALUES(2,2,'seed','0');
INSERT INTO "trial_user_attributes" VALUES(3,2,'parameters','789450');
INSERT INTO "trial_user_attributes" VALUES(4,2,'seconds','28.1');
INSERT INTO "trial_user_attributes" VALUES(5,3,'impossible','"vgg_small cannot be built at conv6: a 5x5 convolution needs an input of at least 5x5, and conv5 leaves 1x1. Use fewer blocks, a smaller kernel or a smaller pooling."');
INSERT INTO "trial_user_attributes" VALUES(6,4,'impossible','"vgg_small cannot be built at conv6: a 3x3 convolution needs an input of at least 3x3, and conv5 leaves 2x2. Use fewer blocks, a smaller kernel or a smaller pooling."');
INSERT INTO "trial_user_attributes" VALUES(7,5,'impossible','"vgg_small cannot be built at conv6: a 5x5 convolution needs an input of at least 5x5, and conv5 leaves 4x4. Use fewer blocks, a smaller kernel or a smaller pooling."');
INSERT INTO "trial_user_attributes" VALUES(8,6,'impossible','"vgg_small cannot be built at conv6: a 3x3 convolution needs an input of at least 3x3, and conv5 leaves 2x2. Use fewer blocks, a smaller kernel or a smaller pooling."');
INSERT INTO "trial_user_attributes" VALUES(9,7,'seed','0');
INSERT INTO "trial_user_attributes" VALUES(10,7,'parameters','1052618');
INSERT INTO "trial_user_attributes" VALUES(11,7,'seconds','17.29');
INSERT INTO "trial_user_attributes" VALUES(12,8,'seed','0');
INSERT INTO "trial_user_attributes" VALUES(13,8,'parameters','357610');
INSERT INTO "trial_user_attributes" VALUES(14,8,'seconds','13.28');
CREATE TABLE trial_values (
	trial_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	value FLOAT, 
	value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,2,0,1.00000001490116119384e-01,'FINITE');
INSERT INTO "trial_values" VALUES(2,7,0,1.00000001490116119384e-01,'FINITE');
INSERT INTO "trial_values" VALUES(3,8,0,2.00000002980232238769e-01,'FINITE');
CREATE TABLE trials (
	trial_id INTEGER NOT NULL, 
	number INTEGER, 
	study_id INTEGER, 
	state VARCHAR(8) NOT NULL, 
	datetime_start DATETIME, 
	datetime_complete DATETIME, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "trials" VALUES(1,0,1,'PRUNED','2026-11-28 21:43:25.877405','2026-11-28 21:43:26.508680');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-28 21:43:26.588782','2026-11-28 21:43:55.287970');
INSERT INTO "trials" VALUES(3,2,1,'PRUNED','2026-11-28 21:43:55.359814','2026-11-28 21:43:55.772054');
INSERT INTO "trials" VALUES(4,3,1,'PRUNED','2026-11-28 21:43:55.828823','2026-11-28 21:43:56.304665');
INSERT INTO "trials" VALUES(5,4,1,'PRUNED','2026-11-28 21:43:56.392957','2026-11-28 21:43:56.894752');
INSERT INTO "trials" VALUES(6,5,1,'PRUNED','2026-11-28 21:43:56.984299','2026-11-28 21:43:57.384596');
INSERT INTO "trials" VALUES(7,6,1,'COMPLETE','2026-11-28 21:43:57.463717','2026-11-28 21:44:15.226528');
INSERT INTO "trials" VALUES(8,7,1,'COMPLETE','2026-11-28 21:44:15.276726','2026-11-28 21:44:28.942347');
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'4.9.0');
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE INDEX ix_trials_study_id ON trials (study_id);
COMMIT;
